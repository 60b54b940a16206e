import Glibc
import JSON
import Rig
import Testing

/// Publishes numbers to topics, through any number of connections: what was not acknowledged is
/// sent again, under the same id.
actor Publisher {
  struct Message: Hashable {
    let topic: String
    let id: String
    let text: String
  }

  struct Ack: Sendable {
    let message: Message
    let offset: Int
    let epoch: String
  }

  nonisolated let name: String
  private let server: RealServer
  private let token: String
  private let topics: [String]
  private var last = 0
  /// In the order of their first sending.
  private var unacknowledged: [Message] = []
  private var isFinishing = false
  private(set) var acks: [Ack] = []
  /// How often a message had to be sent again.
  private(set) var repetitions = 0
  /// What should not have come.
  private(set) var complaints: [String] = []

  /// The process to be killed as soon as something is acknowledged.
  private var target: Int32?

  private static let inFlight = 8
  /// Comes back and sends again what was refused for now, as what was not answered.
  private let returnsOnRefusal: Bool

  init(
    _ name: String, at server: RealServer, token: String, topics: [String],
    returnsOnRefusal: Bool = false
  ) {
    self.returnsOnRefusal = returnsOnRefusal
    self.name = name
    self.server = server
    self.token = token
    self.topics = topics
  }

  /// Kills a process in the moment of the next acknowledgement: what that promises has to be done
  /// by then.
  func strike(_ process: Int32) { target = process }

  /// Begins nothing new any more; `run` returns when all is acknowledged.
  func finish() { isFinishing = true }

  var isDone: Bool { isFinishing && unacknowledged.isEmpty }

  func run() async {
    while !isDone {
      do {
        try await converse()
      } catch {
        // The server was killed: how the line breaks is of no interest.
        try? await Task.sleep(for: .milliseconds(3))
      }
    }
  }

  /// One connection, to its end.
  private func converse() async throws {
    let wire = try await Wire.connect(server.address)
    do {
      try await talk(on: wire)
    } catch {
      await wire.drop()
      throw error
    }
    await wire.drop()
  }

  private func talk(on wire: Wire) async throws {
    try await wire.enter(session: "s_\(name)", token: token)
    for topic in topics {
      let answer = try await wire.subscribe(topic)
      guard answer["type"] == "subscribed" else { throw Fault("not let in: \(answer)") }
    }
    repetitions += unacknowledged.count
    for message in unacknowledged { try await send(message, on: wire) }
    while !isDone {
      // Many at once, so that storing them takes a while, but no more than a follower who is late
      // may miss: that is 300 events.
      while !isFinishing, unacknowledged.count < Publisher.inFlight {
        try await send(begin(), on: wire)
      }
      while !unacknowledged.isEmpty { try take(try await wire.hear()) }
      try await Task.sleep(for: .milliseconds(30))
    }
  }

  private func begin() -> Message {
    last += 1
    let message = Message(
      topic: topics[last % topics.count], id: "\(name)-\(last)", text: "\(name) \(last)")
    unacknowledged.append(message)
    return message
  }

  private func send(_ message: Message, on wire: Wire) async throws {
    try await wire.say([
      "type": "publish", "id": .string(message.id), "topic": .string(message.topic),
      "data": ["msg": .string(message.text)],
    ])
  }

  private func take(_ frame: JSONValue) throws {
    switch frame["type"]?.string {
    case "ack":
      if let process = target.take() { Glibc.kill(process, SIGKILL) }
      takeAck(frame)
    case "error" where returnsOnRefusal && frame["data"]?["temporary"] == true:
      throw Fault("refused")
    case "error": complaints.append("\(name) was told: \(frame)")
    default: return
    }
  }

  private func takeAck(_ frame: JSONValue) {
    guard let place = unacknowledged.firstIndex(where: { $0.id == frame["re"]?.string }),
      let offset = frame["offset"]?.int, let epoch = frame["epoch"]?.string
    else { return complaints.append("\(name) was told: \(frame)") }
    acks.append(Ack(message: unacknowledged.remove(at: place), offset: offset, epoch: epoch))
  }
}

extension [Publisher] {
  /// What all of them were told in the end: everything they said, and nothing that should not have
  /// come.
  func settledAcks() async -> [Publisher.Ack] {
    var acks: [Publisher.Ack] = []
    for publisher in self {
      let isDone = await eventually(within: 30) { await publisher.isDone }
      #expect(isDone, "\(publisher.name) was never told that all is well")
      let complaints = await publisher.complaints
      #expect(complaints == [])
      acks += await publisher.acks
    }
    return acks
  }

  func repetitions() async -> Int {
    var sum = 0
    for publisher in self { sum += await publisher.repetitions }
    return sum
  }
}
