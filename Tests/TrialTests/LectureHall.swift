import JSON
import Rig

/// An activity with one clock-in item, its staff, and the phones of those who are enrolled.
struct LectureHall: Sendable {
  struct Answer: Sendable {
    let status: Int
    let json: JSONValue
    let milliseconds: Double
  }

  let server: RealServer
  let staff: String
  let phones: [String]
  let activity: Int
  let item: Int

  /// Makes the activity and enrols every phone. Arguments are tokens.
  static func make(
    _ server: RealServer, staff: String, phones: [String]
  ) async throws -> LectureHall {
    let line = try await Wire.connect(server.address)
    func id(_ path: String, _ body: JSONValue, as token: String) async throws -> Int {
      let answer = try await call(line, "POST", path, as: token, body)
      guard answer.status == 201, let id = answer.json["id"]?.int else { throw Fault("\(answer)") }
      return id
    }
    let (start, end): (JSONValue, JSONValue) = ("2020-01-01T00:00:00", "2099-01-01T00:00:00")
    let activity = try await id(
      "/admin/api/activities/",
      [
        "name": "lecture", "location": "hall", "time_start": start, "time_end": end,
        "open_for_enrollment": true,
      ], as: staff)
    let item = try await id(
      "/admin/api/clockins/",
      ["activity": JSONValue(activity), "label": "in", "from_time": start, "to_time": end],
      as: staff)
    for phone in phones {
      _ = try await id(
        "/enrollments/", ["activity": JSONValue(activity), "participating_metas": "{}"],
        as: phone)
    }
    await line.drop()
    return LectureHall(
      server: server, staff: staff, phones: phones, activity: activity, item: item)
  }

  static func call(
    _ line: Wire, _ method: String, _ path: String, as token: String, _ body: JSONValue? = nil
  ) async throws -> Answer {
    let text = body.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
    let type = body == nil ? [] : [("Content-Type", "application/json")]
    let begun = ContinuousClock.now
    let reply = try await line.call(
      method, path, headers: [("token", token)] + type, body: text)
    let took = ContinuousClock.now - begun
    let limits = JSONLimits(bytes: 16 << 20, values: 1_000_000)
    return Answer(
      status: reply.status, json: try JSONValue(parsing: reply.body, limits: limits),
      milliseconds: took / .milliseconds(1))
  }

  /// The number of records that the table has.
  func records(_ line: Wire) async throws -> Int {
    let answer = try await LectureHall.call(
      line, "GET", "/admin/api/clockins/\(item)/", as: staff)
    guard let records = answer.json["records"]?.int else { throw Fault("\(answer)") }
    return records
  }
}

/// A screen or a roll: it subscribes to a topic and keeps all it is told about clock-ins.
actor ClockinFollower {
  private let wire: Wire
  /// The text of the newest code; empty for a roll.
  private(set) var code: String
  /// The users who clocked in, as often as it was said.
  private(set) var users: [Int] = []
  private(set) var totals: [Int] = []

  init(_ hall: LectureHall, topic: String) async throws {
    wire = try await Wire.connect(hall.server.address)
    try await wire.enter(token: hall.staff)
    let answer = try await wire.subscribe(topic)
    guard answer["type"] == "subscribed" else { throw Fault("\(answer)") }
    code = answer["data"]?["snapshot"]?["payload"]?.string ?? ""
  }

  /// Listens until it was told of so many clock-ins.
  func follow(until count: Int) async throws {
    while users.count < count {
      let frame = try await wire.hear()
      switch frame["type"]?.string {
      case "ping": try await wire.say(["type": "pong", "data": ["t": frame["ts"] ?? 0]])
      case "event": take(frame["data"] ?? .null)
      case "events":
        for event in frame["data"]?["events"]?.array ?? [] { take(event["data"] ?? .null) }
      default: continue
      }
    }
    await wire.drop()
  }

  private func take(_ event: JSONValue) {
    switch event["event"]?.string {
    case "qr.rotated": code = event["payload"]?.string ?? ""
    case "clockin.recorded":
      users.append(event["user"]?.int ?? 0)
      totals.append(event["total"]?.int ?? 0)
    default: break
    }
  }
}
