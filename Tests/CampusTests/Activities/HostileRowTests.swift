import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

/// Tables in which another program, or a broken import, has left any numbers.
@Suite struct HostileRowTests {
  @Test(arguments: Engine.testable, [Int64.min, -1, .max])
  func `moments and counts of any size are shown`(engine: Engine, number: Int64) async throws {
    try await withFaculty(engine) { faculty in
      let store = faculty.bench.store
      try await store.execute(
        """
        UPDATE campus_clockins SET from_time = ?1, to_time = ?1, records = ?1, current_key = 'x',
          current_key_at = ?1, previous_key = 'y', previous_key_at = ?1
        """, number)
      try await store.execute(
        """
        UPDATE campus_activities SET time_start = ?1, time_end = ?1, enrollments = ?1,
          participants_limit = ?1
        """, number)
      try await store.execute("UPDATE campus_enrollments SET enroll_time = ?", number)
      for path in [
        "/activities/", "/activities/3/", "/enrollments/", "/activities/clockins/3/",
        "/admin/api/clockins/12/", "/admin/api/enrollments/?activity=3",
        "/admin/activity/clockinmeta/12/qrcode/expiration-timedelta/",
        "/activities/clockins/items/12/qr/",
      ] {
        #expect(await faculty.get(path, as: faculty.admin).status < 500, "\(path)")
      }
      let code = QRText(activity: 3, label: "签到", key: "y").encoded
      #expect(await faculty.scan(code, as: faculty.li).status == 400)
    }
  }
}
