internal import PluginKit
internal import WebSocket

/// A dialect's side of a connection.
final class DialectLink {
  /// Its place in the table of dialects.
  let index: Int
  let dialect: any Dialect
  /// Set once the dialect has taken the client in.
  var session: (any DialectSession)?
  /// Who the upgrade request came from, where it said so, and of the tokens that it said it with.
  var identity: Identity?
  var tokenHashes: [[UInt8]] = []
  var topics: [TopicName: Subscription] = [:]
  var backlog = Backlog()
  var isBusy = false
  /// Frames for a client whose upgrade is not answered yet.
  var early: [[UInt8]]? = []
  /// Such a client is let in, told what it is to be told, and then closed with this.
  var farewell: (CloseCode, String)?

  init(index: Int, dialect: any Dialect) {
    self.index = index
    self.dialect = dialect
  }

  /// Is this user behind it, as an account or as the plugin says?
  func isOf(_ user: String) -> Bool {
    identity?.id == user || topics.values.contains { $0.who.id == user }
  }
}

/// What a dialect holds of its client: a name for it, good on any thread.
struct DialectLine: DialectConnection {
  let worker: Worker
  let token: UInt64
  let number: ConnectionID

  var id: String { number.description }

  func send(_ text: [UInt8]) async { await worker.sendText(text, to: token) }

  func subscribe(_ topic: Topic, as identity: Identity) async throws {
    try await worker.subscribeLine(token, topic, as: identity)
  }

  func unsubscribe(_ topic: Topic) async { await worker.unsubscribeLine(token, topic) }

  func close(code: UInt16, reason: String) async {
    await worker.closeLine(token, code: code, reason: reason)
  }
}
