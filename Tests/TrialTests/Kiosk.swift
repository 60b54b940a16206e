import JSON
import Loop
import Rig

/// The form at the door of the lab, over HTTPS: checks people in and out and knows what it was
/// told.
final class Kiosk {
  struct Answer {
    let status: Int
    let body: JSONValue

    /// Is it the envelope of the check-in, saying that it was not done?
    var isRefusal: Bool {
      body["flag"] == false && body["msg"]?.string?.isEmpty == false
        && body.object?.members.map(\.0) == ["flag", "msg", "recordtime", "data", "code"]
    }
  }

  private let address: PeerAddress
  private var wire: Wire?

  init(_ server: RealServer) { address = server.address }

  func get(_ path: String) async throws -> Answer { try await call("GET", path) }

  /// Asks without a look at the answer.
  func ask(_ path: String) async throws {
    let reply = try await reply("GET", path)
    guard reply.status == 200 else { throw Fault("\(path): \(reply.status)") }
  }

  /// Imports `count` students whose numbers begin with `21`.
  func add(students count: Int) async throws -> [String] {
    let numbers = (0..<count).map { "\(2_100_000_000 + $0)" }
    for start in stride(from: 0, to: count, by: 2000) {
      let batch = numbers[start..<min(start + 2000, count)]
      let people = batch.map { ["name": "s", "studentid": .string($0)] as JSONValue }
      let body = String(decoding: JSONValue.array(people).encoded(), as: UTF8.self)
      let answer = try await call("POST", "/adduser", body: body)
      guard answer.body["data"]?["added"]?.int == batch.count else { throw Fault("\(answer.body)") }
    }
    return numbers
  }

  /// The numbers of those who are in the lab, as it says.
  func present() async throws -> Set<String> {
    let answer = try await get("/showonline")
    guard answer.status == 200 else { throw Fault("\(answer.status): \(answer.body)") }
    return Set((answer.body["data"]?.array ?? []).compactMap { $0["studentid"]?.string })
  }

  private func call(_ method: String, _ path: String, body: String = "") async throws -> Answer {
    let reply = try await reply(method, path, body: body)
    let limits = JSONLimits(bytes: 16 << 20, values: 1_000_000)
    return Answer(
      status: reply.status, body: try JSONValue(parsing: reply.body, limits: limits))
  }

  private func reply(_ method: String, _ path: String, body: String = "") async throws -> Reply {
    let line: Wire
    if let wire { line = wire } else { line = try await Wire.connect(address, encrypted: true) }
    wire = line
    do {
      let headers = body.isEmpty ? [] : [("Content-Type", "application/json")]
      return try await line.call(method, path, headers: headers, body: body)
    } catch {
      wire = nil
      throw error
    }
  }
}
