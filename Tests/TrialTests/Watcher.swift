import JSON
import Rig

/// Somebody in a topic who notes when it is told what of whom.
actor Watcher {
  struct Sighting: Sendable, CustomStringConvertible {
    let user: String
    /// `join`, `unstable`, `online`, `leave`.
    let what: String
    let moment: ContinuousClock.Instant

    var description: String { "\(what) of \(user)" }
  }

  private let wire: Wire
  /// Its own user id.
  nonisolated let user: String
  private(set) var sightings: [Sighting] = []
  /// The ids of the members that it was shown when it came.
  private(set) var found: [String] = []

  private init(_ wire: Wire, user: String) {
    self.wire = wire
    self.user = user
  }

  /// Runs `body` with a watcher in a topic.
  static func run<Result: Sendable>(
    _ topic: String, at server: RealServer, session: String = "s_watcher",
    _ body: (Watcher) async throws -> Result
  ) async throws -> Result {
    let wire = try await Wire.connect(server.address)
    let welcome = try await wire.enter(session: session)
    let watcher = Watcher(wire, user: welcome["data"]?["user"]?["id"]?.string ?? "")
    try await watcher.subscribe(topic)
    let listening = Task { try await watcher.listen() }
    defer { listening.cancel() }
    let result = try await body(watcher)
    await wire.drop()
    return result
  }

  private func subscribe(_ topic: String) async throws {
    let answer = try await wire.subscribe(topic, ["presence": true]) { note($0) }
    found = (answer["data"]?["presence"]?["members"]?.array ?? []).compactMap { $0["id"]?.string }
  }

  private func listen() async throws {
    while !Task.isCancelled {
      let frame = try await wire.hear()
      switch frame["type"]?.string {
      case "ping": try await wire.say(["type": "pong", "data": ["t": frame["ts"] ?? 0]])
      case "presence": note(frame)
      default: continue
      }
    }
  }

  private func note(_ frame: JSONValue) {
    guard frame["type"] == "presence", let data = frame["data"] else { return }
    let now = ContinuousClock.now
    for entry in data["join"]?.array ?? [] { note(entry, "join", now) }
    for entry in data["update"]?.array ?? [] { note(entry, entry["state"]?.string ?? "", now) }
    for entry in data["leave"]?.array ?? [] { note(entry, "leave", now) }
  }

  private func note(_ entry: JSONValue, _ what: String, _ now: ContinuousClock.Instant) {
    sightings.append(Sighting(user: entry["id"]?.string ?? "", what: what, moment: now))
  }

  func sightings(of user: String) -> [Sighting] { sightings.filter { $0.user == user } }

  /// Waits until it is told this of somebody; of anybody but itself if no user is named.
  nonisolated func sees(
    _ what: String, of user: String? = nil, within seconds: Double
  ) async throws -> Sighting {
    var found: Sighting?
    let isSeen = await eventually(within: seconds) {
      found = await sightings.first { sighting in
        sighting.what == what && (user.map { $0 == sighting.user } ?? (sighting.user != self.user))
      }
      return found != nil
    }
    guard isSeen, let found else {
      throw Fault("no \(what) of \(user ?? "anybody"), but \(await sightings)")
    }
    return found
  }
}
