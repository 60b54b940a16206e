internal import HTTP
internal import PluginKit
internal import WebSocket

extension Worker {
  func open(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ kind: Endpoint.SocketKind, _ agreed: ServerHandshake.Acceptance, _ desk: inout Desk
  ) {
    switch kind {
    case .echo:
      let limits = MessageLimits(message: 16 << 20, inflated: 16 << 20)
      accept(connection, exchange, agreed, .echo, messages: limits, &desk)
    case .hub, .dialect:
      answer(connection, exchange, head, Response.plain(503, "not yet"))
    }
  }

  func linkEnded(_ connection: Connection, _ link: WebSocketLink, _ how: Ending) {}
  func turnUnstable(_ connection: Connection, _ link: WebSocketLink) {}
  func deliverLetters() {}

  func sendFile(
    _ path: String, _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ response: Response
  ) {
    answer(connection, exchange, head, response, [])
  }
}
