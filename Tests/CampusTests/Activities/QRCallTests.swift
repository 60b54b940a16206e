import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

@testable import Campus

@Suite struct `The QR code of an item` {
  @Test(arguments: Engine.testable)
  func `is an object for native clients`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let json = await faculty.get("/activities/clockins/items/12/qr/", as: faculty.wang).json
      let text = QRText(json["payload"]?.string ?? "")
      #expect(text?.activity == 3 && text?.label == "签到")
      #expect(json["clockin"] == 12 && json["activity_id"] == 3 && json["period"] == 25)
      #expect(json["generated_at"] == "2020-02-22T12:00:00+08:00")
      #expect(json["expires_at"] == "2020-02-22T12:00:25+08:00")
      #expect(json["size"] != nil && json["modules"]?.string?.isEmpty == false)
    }
  }

  @Test func `is a picture, and says how long it is good`() async throws {
    try await withFaculty { faculty in
      let page = "/admin/activity/clockinmeta/12/qrcode"
      let picture = await faculty.get("\(page)/img/", as: faculty.wang)
      #expect(picture.response.contentType == "image/png")
      #expect(picture.bytes.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
      #expect(picture.header("Cache-Control") == "no-store")
      faculty.bench.clock.set(faculty.bench.clock.now + 7500)
      let left = await faculty.get("\(page)/expiration-timedelta/", as: faculty.wang)
      #expect(left.json == ["timedelta": 18])
      #expect(await faculty.get("\(page)/img/", as: faculty.wang).bytes == picture.bytes)
      faculty.bench.clock.advance(seconds: 18)
      #expect(await faculty.get("\(page)/img/", as: faculty.wang).bytes != picture.bytes)
    }
  }

  @Test func `has its page at the original address`() async throws {
    try await withFaculty { faculty in
      let answer = await faculty.get("/admin/activity/clockinmeta/12/qrcode/")
      #expect(answer.status == 302)
      #expect(answer.header("Location") == "/projector/12")
    }
  }

  @Test func `is shown to administrators and to the staff of the item`() async throws {
    try await withFaculty { faculty in
      for path in ["activities/clockins/items/%/qr", "admin/activity/clockinmeta/%/qrcode/img"] {
        func status(_ item: Int, _ who: Identity) async -> Int {
          await faculty.get("/\(path.replacing("%", with: "\(item)"))/", as: who).status
        }
        #expect(await status(12, faculty.wang) == 200)
        #expect(await status(13, faculty.wang) == 403)
        #expect(await status(13, faculty.admin) == 200)
        #expect(await status(12, faculty.chen) == 403)
        #expect(await status(99, faculty.chen) == 404)
      }
    }
  }

  @Test(arguments: Engine.testable)
  func `is one code, however many ask for the first one`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let codes = await withTaskGroup(of: String.self) { group in
        for _ in 0..<8 { group.addTask { await faculty.code() } }
        return await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(codes.count == 1)
      #expect(await faculty.bench.hub.names(in: "campus.qr.12") == ["qr.rotated"])
    }
  }

  @Test func `is never refused before 25 seconds and never good after 27, a thousand times`()
    async throws
  {
    try await withFaculty { faculty in
      let clock = faculty.bench.clock
      let clockins = try faculty.plugin.activities.clockins
      let start = clock.now
      var last: QRText?
      for turn in 0..<1000 {
        let due = start + Int64(turn) * 25_000
        clock.set(due + Int64(turn % 50))
        let (item, isNew) = try #require(try await clockins.rotate(12, at: clock.now))
        #expect(isNew)
        #expect(item.keys.current?.createdAt == due)
        let code = try #require(item.code.flatMap { QRText($0) })
        #expect(item.keys.judge(code.key, arrivedAt: due + 25_000) == .good)
        if let last {
          #expect(item.keys.judge(last.key, arrivedAt: due + 1999) == .good)
          #expect(item.keys.judge(last.key, arrivedAt: due + 2100) == .wrong)
        }
        last = code
      }
    }
  }
}
