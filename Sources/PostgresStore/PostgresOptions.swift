/// How a PostgreSQL server is used. The defaults fit one hub beside one server.
public struct PostgresOptions: Sendable {
  /// Connections, each on its own thread, and so units of work that run at once.
  public var connections = 8
  /// Units of work that may wait for a connection.
  public var queueLimit = 4096
  /// How long a unit of work may wait for a connection before it is refused.
  public var waitLimit = Duration.seconds(5)
  /// How long one statement may take. The server stops it; if the server does not even do that, the
  /// connection is given up two seconds later.
  public var statementLimit = Duration.seconds(20)
  /// How long a new connection may take.
  public var connectLimit = Duration.seconds(5)
  /// How long a connection waits before it tries again, at first and at most. Up to half of it is
  /// left to chance, so that not all of them come back in the same moment.
  public var firstDelay = Duration.milliseconds(50)
  public var longestDelay = Duration.seconds(2)
  /// How often a unit of work is repeated that lost a race against another.
  public var repetitions = 30
  /// Prepared statements that each connection keeps.
  public var statementCache = 256

  public init() {}
}
