internal import JSON
internal import PluginKit

/// The documented chat over a WebSocket, on the same topics as clients of version 2.
struct ChatDialect: Dialect {
  let directory: RoomDirectory
  let services: PluginServices

  func accept(_ connection: any DialectConnection, _ request: Request) async throws
    -> any DialectSession
  {
    guard request.identity != nil || services.isOpen(to: request.peer) else {
      throw PluginError(.unauthorized, "log in first")
    }
    return ChatSession(self, connection, request)
  }

  func frame(for event: Event, in topic: Topic) -> DialectFrame? {
    switch event.name {
    case "chat.user": DialectFrame(ChatDialect.frame("user", event.fields))
    case "chat.msg": DialectFrame(ChatDialect.frame("msg", event.fields))
    default: nil
    }
  }

  /// The three members that the document knows, in its order.
  private static func frame(_ type: String, _ fields: JSONObject) -> [UInt8] {
    var data = JSONObject()
    for key in ["user", "room_name", "msg"] { data.append(key, fields[key] ?? .null) }
    return JSONValue.object(["type": .string(type), "data": .object(data)]).encoded()
  }
}

extension PluginServices {
  /// Whether clients at this address may use the documented calls without a token.
  func isOpen(to peer: Peer) -> Bool { peer.isIn(settings.networks(ChatPlugin.networks)) }
}
