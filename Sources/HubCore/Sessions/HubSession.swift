internal import PluginKit

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

  init(request: Request, connection: Connection) {
    self.request = request
    self.connection = connection.token
    identity = Identity(guest: "\(connection.number)", name: "")
  }

  static let mostFaults = 20
}
