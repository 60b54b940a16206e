internal import PluginKit
internal import Storage

/// Tells those who were there too seldom, and the staff, by mail when an activity has ended.
struct Thresholds: Sendable {
  struct Missed: Sendable, Equatable {
    let user: Int64
    let account: Int64?
    let username: String
    let fullName: String
    /// The items of the activity that the user has done.
    let done: Int64
  }

  struct Report: Sendable {
    let activity: Activity
    let items: Int64
    let missed: [Missed]
    /// The accounts of the staff of its items.
    let staff: [Int64]
  }

  /// An activity that ended longer ago is told to nobody any more.
  private static let longestSeconds: Int64 = 7 * 86_400

  let store: any Store

  /// The reports of activities that have ended since the last look; each comes once.
  func take(at now: Moment, percent: Int64) async throws -> [Report] {
    try await store.write { tx in
      let ended = try tx.query(
        """
        UPDATE campus_activities SET threshold_told = ? WHERE threshold_told IS NULL
        AND time_end < ? AND time_end > ? RETURNING id
        """, now.microseconds, now.microseconds, (now + -Thresholds.longestSeconds).microseconds)
      return try ended.compactMap { row in
        try tx.report(on: try row.int64("id"), percent: percent)
      }
    }
  }
}

extension Transaction {
  /// Nil for an activity without items.
  fileprivate func report(on id: Int64, percent: Int64) throws -> Thresholds.Report? {
    guard let activity = try activity(id) else { return nil }
    let counted = try first(
      "SELECT count(*) AS number FROM campus_clockins WHERE activity_id = ?", id)
    let items = try counted?.int64("number") ?? 0
    guard items > 0 else { return nil }
    let people = try query(
      """
      SELECT u.id, u.account, u.username, u.last_name || u.first_name AS full_name,
        (SELECT count(*) FROM campus_clockin_records r JOIN campus_clockins i
          ON i.id = r.clockin_id WHERE i.activity_id = ?1 AND r.user_id = u.id) AS done
      FROM campus_enrollments e JOIN campus_users u ON u.id = e.user_id
      WHERE e.activity_id = ?1 ORDER BY u.username
      """, id
    ).map { row in
      Thresholds.Missed(
        user: try row.int64("id"), account: try row.optionalInt("account").map { Int64($0) },
        username: try row.text("username"), fullName: try row.text("full_name"),
        done: try row.int64("done"))
    }
    let staff = try query(
      """
      SELECT DISTINCT u.account FROM campus_clockin_staff s
      JOIN campus_clockins i ON i.id = s.clockin_id JOIN campus_users u ON u.id = s.user_id
      WHERE i.activity_id = ? AND u.account IS NOT NULL
      """, id
    ).map { try $0.int64("account") }
    return Thresholds.Report(
      activity: activity, items: items,
      missed: people.filter { $0.done * 100 < percent * items }, staff: staff)
  }
}

extension CampusPlugin {
  func registerThresholds(with registrar: inout Registrar) {
    registrar.job("thresholds", .every(seconds: 600)) { now in
      try await self.tellThresholds(at: Moment(milliseconds: now))
    }
  }

  private func tellThresholds(at now: Moment) async throws {
    let percent = Int64(services.settings.number(Keys.thresholdPercent))
    guard percent > 0 else { return }
    for report in try await activities.thresholds.take(at: now, percent: percent) {
      guard !report.missed.isEmpty else { continue }
      let wanted = Set(report.missed.compactMap(\.account) + report.staff)
      let found = try await services.accounts.accounts(wanted)
      for one in report.missed {
        guard let mail = one.account.flatMap({ found[$0] })?.email else { continue }
        try await services.mail.send(report.mail(to: mail, about: one, percent))
      }
      for address in report.staff.compactMap({ found[$0]?.email }) {
        try await services.mail.send(report.summary(to: address, percent))
      }
    }
  }
}

extension Thresholds.Report {
  private var subject: String { "\(activity.name)：打卡未达标提醒" }

  fileprivate func mail(to address: String, about one: Thresholds.Missed, _ percent: Int64) -> Mail
  {
    Mail(
      to: address, subject: subject,
      text: """
        \(one.fullName)：
        您在活动“\(activity.name)”中完成了 \(done(one))，未达到 \(percent)% 的要求。如有疑问，请联系活动工作人员。
        """)
  }

  fileprivate func summary(to address: String, _ percent: Int64) -> Mail {
    let lines = missed.map { "\($0.username) \($0.fullName)：\(done($0))" }
    return Mail(
      to: address, subject: subject,
      text: "活动“\(activity.name)”中以下人员的打卡未达到 \(percent)%：\n"
        + lines.joined(separator: "\n"))
  }

  private func done(_ one: Thresholds.Missed) -> String { "\(one.done) / \(items) 次打卡" }
}
