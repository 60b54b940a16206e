internal import Bytes
internal import Crypto
internal import HubProtocol
internal import PluginHost
internal import PluginKit
internal import Primitives

/// A version-2 client's side of a connection.
final class HubSession {
  enum Stage {
    /// Waiting for `hello`.
    case greeting
    case welcomed
    /// `bye` was said, or the connection was closed from here.
    case over
  }

  var stage = Stage.greeting
  /// The upgrade request, whose header or cookie may name the user.
  let request: Request
  /// The connection's token. A weak reference would make every retain of the connection, and so
  /// every delivery, several times as slow.
  let connection: UInt64
  var identity: Identity
  /// Of the tokens it came in with, to find the connections of a revoked one.
  var tokenHashes: [[UInt8]] = []
  /// The key it came in with, if it is a program.
  var key: KeyHolder?
  var session = ""
  var topics: [TopicName: Subscription] = [:]
  /// Frames that came while an earlier one had to wait for somebody else.
  var backlog = MessageBacklog()
  var isBusy = false
  /// Frames in a row that made no sense.
  var faults = 0
  /// How fast its user publishes and comes in, on all connections together; nil before the welcome.
  var paces: UserPaces?
  /// How fast the client sends frames.
  var pace: TokenBucket?

  init(request: Request, connection: Connection) {
    self.request = request
    self.connection = connection.token
    identity = Identity(guest: "\(connection.number)", name: "")
  }

  static let mostFaults = 20

  /// The identity that counts for a topic or a message: a guest's for a provisional account that
  /// is not admitted there.
  func identity(admitsProvisional: Bool) -> Identity {
    identity.standing(where: admitsProvisional, guest: guestKey)
  }

  /// Known by its tab, which others must not learn from it.
  var guestKey: String { Hex.encode(Array(Digest.sha256(session).prefix(8))) }

  /// An error as this client is told it: "log in first" would not help a provisional account.
  func told(_ error: any Error) -> any Error {
    guard identity.isProvisional, case TopicRefusal.unauthorized = error else { return error }
    return PluginError.provisional
  }
}
