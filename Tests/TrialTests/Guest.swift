import JSON
import Loop
import Rig

/// Somebody without an account, in a topic.
struct Guest: Sendable {
  let wire: Wire
  let user: String
  let isResumed: Bool

  static func come(
    to topic: String, session: String, at server: RealServer
  ) async throws -> Guest {
    try await come(to: topic, session: session, server.address)
  }

  static func come(
    to topic: String, session: String, through cable: Cable
  ) async throws -> Guest {
    try await come(to: topic, session: session, PeerAddress(.loopbackV4, port: cable.port))
  }

  private static func come(
    to topic: String, session: String, _ address: PeerAddress
  ) async throws -> Guest {
    let wire = try await Wire.connect(address)
    let welcome = try await wire.enter(session: session)
    try await wire.subscribe(topic)
    return Guest(
      wire: wire, user: welcome["data"]?["user"]?["id"]?.string ?? "",
      isResumed: welcome["data"]?["resumed"] == true)
  }

  /// Says something that the server has certainly heard, and when that was.
  func lastByte() async throws -> ContinuousClock.Instant {
    let now = ContinuousClock.now
    try await wire.say(["type": "ping", "ts": 1])
    _ = try await wire.hear("pong")
    return now
  }

  /// Answers pings for a while, as clients do.
  func listens(for seconds: Double) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    let wire = wire
    let listening = Task {
      while true {
        let ping = try await wire.hear("ping")
        try await wire.say(["type": "pong", "data": ["t": ping["ts"] ?? 0]])
      }
    }
    try await Task.sleep(until: end)
    listening.cancel()
  }
}
