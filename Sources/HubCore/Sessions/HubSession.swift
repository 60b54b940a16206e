internal import PluginKit
internal import Storage

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
  /// Who the upgrade request said it comes from.
  let admitted: Identity?
  /// Why nobody knows who it comes from, though it said so.
  var fault: StoreError?
  let request: Request
  /// The connection's token. A weak reference would make every retain of the connection, and so
  /// every delivery, several times as slow.
  let connection: UInt64
  var identity: Identity
  /// Of the tokens it came in with, to find the connections of a revoked one.
  var tokenHashes: [[UInt8]] = []
  var session = ""
  var topics: [TopicName: Subscription] = [:]
  /// Frames that came while an earlier one had to wait for somebody else.
  var backlog = Backlog()
  var isBusy = false
  /// Frames in a row that made no sense.
  var faults = 0
  /// How fast its user publishes, on all connections together; nil before the welcome.
  var publishPace: SharedPace?
  /// How fast the client sends frames.
  var pace: RateLimiter?

  init(admitted: Identity?, request: Request, connection: Connection) {
    self.admitted = admitted
    self.request = request
    self.connection = connection.token
    identity = admitted ?? Identity(guest: "\(connection.number)", name: "")
  }

  static let mostFaults = 20
}
