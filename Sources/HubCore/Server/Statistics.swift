/// Counters and levels of the server, for people and for collectors.
public struct Statistics: Sendable, Equatable {
  /// Of all kinds: a page that loads has several for its files.
  public var connections = 0
  /// WebSockets, each with its own conversation.
  public var webSockets = 0
  /// People with an account, however many pages each has open.
  public var accounts = 0
  /// Pages and programs without an account.
  public var guests = 0
  public var users: Int { accounts + guests }
  public var topics = 0
  public var subscriptions = 0
  /// Topics that a worker has subscribers of, counted for each worker.
  public var followedTopics = 0
  /// Connections that count for the limit of their user.
  public var userConnections = 0
  public var counters: [String: Int] = [:]
  public var turns: [Turns] = []

  public struct Turns: Sendable, Equatable {
    public var count: Int
    public var long: Int
    public var longestNanoseconds: Int
  }
}
