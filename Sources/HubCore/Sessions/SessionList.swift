internal import HubProtocol
internal import Limits
internal import Loop
internal import PluginKit
internal import WebSocket

/// Which of many things an operator wants to see.
struct ListQuery: Sendable {
  var user: String?
  /// In lower case; empty finds everything.
  var text = ""
  var limit = 1000

  func finds(_ texts: String...) -> Bool {
    text.isEmpty || texts.contains { $0.lowercased().contains(text) }
  }
}

/// Facts about a connection for those who run the server.
struct SessionSummary: Sendable {
  let number: ConnectionID
  let user: String
  let name: String
  let address: String
  let protocolName: String
  let silentMilliseconds: Int64
  let topics: [TopicName]
}

// Lists, and connections that are closed from outside.
extension Sessions {
  /// Clients of version 2 once they were welcomed, and those of older protocols.
  func summaries(_ query: ListQuery) -> [SessionSummary] {
    var found: [SessionSummary] = []
    for connection in transport.all where found.count < query.limit {
      if let summary = summary(of: connection, query) { found.append(summary) }
    }
    return found
  }

  private func summary(of connection: Connection, _ query: ListQuery) -> SessionSummary? {
    let who: Identity?
    let topics: [TopicName]
    if let session = connection.hub, case .welcomed = session.stage {
      (who, topics) = (session.identity, Array(session.topics.keys))
    } else if let dialect = connection.dialect {
      who = dialect.identity ?? dialect.topics.values.first?.who
      topics = Array(dialect.topics.keys)
    } else {
      return nil
    }
    let (id, name) = (who?.id ?? "", who?.name ?? "")
    let address = Peer(connection.client).address
    guard query.user == nil || query.user == id, query.finds(id, name, address) else { return nil }
    return SessionSummary(
      number: connection.number, user: id, name: name, address: address,
      protocolName: connection.dialect.map { shared.dialects[$0.writer.index].name } ?? "muster.v2",
      silentMilliseconds: webSockets.silence(of: connection), topics: topics)
  }

  /// Tells a client that the server goes down, and closes its connection.
  func sayGoodbye(
    _ connection: Connection, _ link: WebSocketLink, window: Int, on worker: isolated Worker
  ) {
    guard case .hub = link.speaker else {
      return webSockets.close(connection, .goingAway, on: worker)
    }
    tell(connection, on: worker) {
      ServerFrame.goodbye(.shutdown, reconnect: true, windowMilliseconds: window, into: &$0)
    }
    webSockets.close(connection, .shutdown, on: worker)
  }

  /// Closes the connections of a user; says how many there were.
  func disconnect(_ user: String, _ reason: DisconnectReason, on worker: isolated Worker) -> Int {
    let others = transport.all.filter { $0.dialect?.isOf(user) ?? false }.map(\.token)
    let tokens = (users[user] ?? []).union(others)
    for token in tokens {
      guard let connection = transport[token] else { continue }
      switch reason {
      case .kicked: webSockets.close(connection, .kicked, on: worker)
      case .replaced: webSockets.close(connection, .replaced, on: worker)
      case .revoked: webSockets.close(connection, .revoked, on: worker)
      case .permissionsChanged:
        webSockets.close(connection, .permissionsChanged, on: worker)
      case .rebalance: sendAway(connection, on: worker)
      }
    }
    return tokens.count
  }

  private func sendAway(_ connection: Connection, on worker: isolated Worker) {
    let window = shared.reconnectWindow(context.limits)
    tell(connection, on: worker) {
      ServerFrame.goodbye(.rebalance, reconnect: true, windowMilliseconds: window, into: &$0)
    }
    webSockets.close(connection, .rebalance, on: worker)
  }

  func revoke(user: String, _ reason: DisconnectReason, on worker: isolated Worker) {
    credentials.noteRevocation()
    let code: CloseCode = reason == .permissionsChanged ? .permissionsChanged : .revoked
    for connection in transport.all where connection.isOf(user) {
      webSockets.close(connection, code, on: worker)
    }
  }

  /// Closes the connections that came in with one of these tokens, named by their hashes.
  func revoke(tokens: Set<[UInt8]>, _ code: CloseCode, on worker: isolated Worker) {
    credentials.noteRevocation()
    for connection in transport.all where !tokens.isDisjoint(with: connection.tokenHashes) {
      webSockets.close(connection, code, on: worker)
    }
  }

  func tokensInUse() -> Set<[UInt8]> { Set(transport.all.flatMap(\.tokenHashes)) }
}

extension Connection {
  fileprivate func isOf(_ user: String) -> Bool {
    hub?.identity.id == user || dialect?.isOf(user) ?? false
  }

  fileprivate var tokenHashes: [[UInt8]] { hub?.tokenHashes ?? dialect?.tokenHashes ?? [] }
}
