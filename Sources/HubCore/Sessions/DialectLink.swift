internal import HubProtocol
internal import PluginKit
internal import Primitives
internal import WebSocket

/// A dialect's side of a connection.
final class DialectLink {
  let writer: DialectWriter
  /// Unlike any other's on this worker. The connection may go on to another request, and then
  /// another client, while the plugin still considers the upgrade of this one.
  let id: UInt64
  /// Set once the dialect has taken the client in.
  var session: (any DialectSession)?
  /// The user that the upgrade request authenticated as, if any, and the hashes of its tokens.
  var identity: Identity?
  var tokenHashes: [[UInt8]] = []
  var topics: [TopicName: Subscription] = [:]
  /// The user that this connection is counted for, once it is known by an account.
  var user: String?
  /// How fast that user, or this guest, publishes and comes in.
  var paces = UserPaces()
  /// How fast the client sends frames.
  var pace: TokenBucket?
  var backlog = MessageBacklog()
  var isBusy = false
  /// Such a client is let in, told what it is to be told, and then closed with this.
  var farewell: (CloseCode, String)?

  init(index: Int, dialect: any Dialect, id: UInt64) {
    writer = DialectWriter(index: index, dialect: dialect)
    self.id = id
  }

  /// Is this user behind it, as an account or as the plugin says?
  func isOf(_ user: String) -> Bool {
    identity?.id == user || topics.values.contains { $0.who.id == user }
  }
}

/// The worker of a dialect's clients, as their handles know it.
protocol DialectHost: Actor {
  func sendText(_ text: [UInt8], to address: DialectLine.Address)
  func subscribeLine(
    _ address: DialectLine.Address, _ topic: Topic, as who: Identity
  ) async throws
  func unsubscribeLine(_ address: DialectLine.Address, _ topic: Topic)
  func chargePublish(_ address: DialectLine.Address) -> Bool
  func closeLine(_ address: DialectLine.Address, code: UInt16, reason: String)
}

/// A dialect's handle of its client, good on any thread. It does nothing once the client is gone,
/// even if the connection serves another one.
struct DialectLine: DialectConnection {
  struct Address: Sendable {
    let connection: UInt64
    let link: UInt64
  }

  let host: any DialectHost
  let address: Address
  let number: ConnectionID

  var id: String { number.description }

  func send(_ text: [UInt8]) async { await host.sendText(text, to: address) }

  func subscribe(_ topic: Topic, as identity: Identity) async throws {
    try await host.subscribeLine(address, topic, as: identity)
  }

  func unsubscribe(_ topic: Topic) async { await host.unsubscribeLine(address, topic) }

  func mayPublish() async -> Bool { await host.chargePublish(address) }

  func close(code: UInt16, reason: String) async {
    await host.closeLine(address, code: code, reason: reason)
  }
}
