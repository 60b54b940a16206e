import JSON
import Rig

/// Follows topics through any number of connections, each time from where it was, and notes
/// everything that should not be.
actor Follower {
  private let server: RealServer
  private let token: String
  private let topics: [String]
  private var logs: [String: TopicLog] = [:]
  private var isFinishing = false
  private(set) var complaints: [String] = []
  /// How often it came back, and how many events it was given then.
  private(set) var returns = 0
  private(set) var recovered = 0

  init(of topics: [String], at server: RealServer, token: String) {
    self.server = server
    self.token = token
    self.topics = topics
  }

  func finish() { isFinishing = true }

  var isEverywhere: Bool { logs.count == topics.count }

  func log(of topic: String) -> TopicLog? { logs[topic] }

  func run() async {
    while !isFinishing {
      do {
        let wire = try await Wire.connect(server.address)
        do {
          try await follow(on: wire)
        } catch {
          await wire.drop()
          // Others are back sooner: there is something to recover.
          try? await Task.sleep(for: .milliseconds(returns * 37 % 200))
        }
      } catch {
        // Nobody is there yet.
        try? await Task.sleep(for: .milliseconds(3))
      }
    }
  }

  private func follow(on wire: Wire) async throws {
    try await wire.enter(session: "s_follower", token: token)
    for topic in topics {
      var wish: JSONObject = [:]
      if let log = logs[topic] { wish["recover"] = log.position }
      begin(topic, try await wire.subscribe(topic, .object(wish)) { take($0) })
    }
    for topic in topics {
      try await wire.say(["type": "history", "id": "h", "topic": .string(topic), "data": [:]])
    }
    // As soon as it shall end, the next frame is the last: there always is one.
    while !isFinishing { take(try await wire.hear()) }
    await wire.drop()
  }

  private func begin(_ topic: String, _ answer: JSONValue) {
    guard answer["type"] == "subscribed", let offset = answer["offset"]?.int,
      let epoch = answer["epoch"]?.string
    else { return complaints.append("no subscription: \(answer)") }
    let events = answer["data"]?["events"]?.array ?? []
    if let log = logs[topic] {
      returns += 1
      recovered += events.count
      if answer["data"]?["recovered"]?.bool != true || log.epoch != epoch {
        complaints.append("not recovered: \(answer)")
      }
    } else {
      logs[topic] = TopicLog(epoch: epoch, from: offset)
    }
    for event in events { note(event, in: topic) }
    if logs[topic]?.last != offset {
      complaints.append("\(topic): \(offset) is announced, \(logs[topic]?.last ?? -1) was given")
    }
  }

  private func take(_ frame: JSONValue) {
    guard let topic = frame["topic"]?.string else { return }
    switch frame["type"]?.string {
    case "event": note(frame, in: topic)
    case "history": compare(frame, in: topic)
    case "error": complaints.append("the follower was told: \(frame)")
    default: return
    }
  }

  private func note(_ event: JSONValue, in topic: String) {
    if let complaint = logs[topic]?.append(event) { complaints.append("\(topic): \(complaint)") }
  }

  private func compare(_ history: JSONValue, in topic: String) {
    let events = history["data"]?["events"]?.array ?? []
    if let complaint = logs[topic]?.compare(events) {
      complaints.append("\(topic): \(complaint)")
    }
  }
}

/// What a follower was given of one topic.
struct TopicLog: Sendable {
  let epoch: String
  private let first: Int
  /// Whole frames; the first has the offset behind `first`.
  private(set) var events: [JSONValue] = []

  init(epoch: String, from offset: Int) {
    self.epoch = epoch
    first = offset
  }

  var last: Int { first + events.count }
  var position: JSONValue { ["offset": .init(last), "epoch": .string(epoch)] }

  /// The event of an offset, if it was given.
  subscript(offset: Int) -> JSONValue? {
    let place = offset - first - 1
    // A plain `nil` would be JSON's null here.
    return events.indices.contains(place) ? events[place] : .none
  }

  /// Notes an event; what is wrong with it.
  mutating func append(_ event: JSONValue) -> String? {
    let offset = event["offset"]?.int
    guard offset == last + 1 else { return "behind \(last) came \(event)" }
    events.append(event)
    return nil
  }

  /// What is wrong with a page of the history: it has to be what was given here.
  func compare(_ page: [JSONValue]) -> String? {
    for (before, after) in zip(page, page.dropFirst())
    where after["offset"]?.int != (before["offset"]?.int ?? 0) + 1 {
      return "the history goes on behind \(before) with \(after)"
    }
    for event in page {
      // Older than this log, or on its way here.
      guard let known = self[event["offset"]?.int ?? 0] else { continue }
      if known != event { return "the history has \(event), given was \(known)" }
    }
    return nil
  }
}
