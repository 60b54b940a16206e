internal import Loop
public import PluginKit
internal import Primitives

/// A connection without a socket: a version-2 subscriber, or the client of a dialect.
public final class BenchClient: DialectConnection {
  public enum Frame: Sendable, Equatable {
    case text(String)
    case closed(code: UInt16, reason: String)
  }

  public let id: String
  private let hub: RecordingHub
  private let dialect: (any Dialect)?
  private let frames = Locked<[Frame]>([])
  private let events = Locked<[Event]>([])

  init(id: String, hub: RecordingHub, dialect: (any Dialect)?) {
    self.id = id
    self.hub = hub
    self.dialect = dialect
  }

  /// Text frames and the close that a dialect's client got since the last call.
  public func takeFrames() -> [Frame] { frames.withLock { take(&$0) } }

  /// The same, text only.
  public func takeTexts() -> [String] {
    takeFrames().compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// The events that a version-2 subscriber got since the last call.
  public func takeEvents() -> [Event] { events.withLock { take(&$0) } }

  private func take<Element>(_ list: inout [Element]) -> [Element] {
    defer { list = [] }
    return list
  }

  func deliver(_ event: Event, in topic: Topic, isAuthor: Bool) {
    events.withLock { $0.append(event) }
    guard let frame = dialect?.frame(for: event, in: topic) else { return }
    if !(frame.skipsAuthor && isAuthor) { append(frame.text) }
  }

  /// The identity that counts for a topic. A dialect answers for the one that it chose.
  func standing(of account: Identity, behind rules: TopicRules) throws(TopicRefusal) -> Identity {
    guard dialect != nil else {
      return account.standing(where: rules.allowsProvisional, guest: id)
    }
    if account.isProvisional && !rules.allowsProvisional { throw .denied }
    return account
  }

  private func append(_ text: [UInt8]) {
    frames.withLock { $0.append(.text(String(decoding: text, as: UTF8.self))) }
  }

  public func send(_ text: [UInt8]) async { append(text) }

  public func subscribe(_ topic: Topic, as identity: Identity) async throws {
    try await hub.join(self, topic, as: identity)
  }

  public func unsubscribe(_ topic: Topic) async { await hub.leave(self, topic, .bye) }

  public func mayPublish() async -> Bool { true }

  public func close(code: UInt16, reason: String) async {
    frames.withLock { $0.append(.closed(code: code, reason: reason)) }
  }
}
