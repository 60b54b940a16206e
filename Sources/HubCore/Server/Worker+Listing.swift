internal import HubProtocol
internal import JSON
internal import Loop
internal import PluginKit
internal import WebSocket

/// Which of many things somebody wants to see.
struct Listing: Sendable {
  let user: String?
  /// In lower case; empty finds everything.
  let text: String
  let limit: Int

  init(_ body: JSONValue) throws {
    guard body.object != nil else { throw PluginError.invalid("an object is expected") }
    user = body["user"]?.string
    text = body["matching"]?.string?.lowercased() ?? ""
    limit = min(max(body["limit"]?.int ?? 1000, 1), 10_000)
  }

  func finds(_ texts: String...) -> Bool {
    text.isEmpty || texts.contains { $0.lowercased().contains(text) }
  }
}

// Lists of topics and connections for operators.
extension Worker {
  func listTopics(_ wish: Listing) -> [JSONValue] {
    topicHomes.summaries(limit: wish.limit) { wish.finds($0.description) }.map { topic in
      [
        "topic": .string(topic.name.description), "subscribers": .int(Int64(topic.subscribers)),
        "members": topic.members.map { .int(Int64($0)) } ?? .null,
        "offset": .int(Int64(clamping: topic.position.offset)),
        "epoch": .string(topic.position.epoch),
      ]
    }
  }

  /// Clients of version 2 once they were welcomed, and those of older protocols.
  func listConnections(_ wish: Listing) -> [JSONValue] {
    var found: [JSONValue] = []
    for connection in connections.all where found.count < wish.limit {
      if let entry = entry(of: connection, wish) { found.append(entry) }
    }
    return found
  }

  private func entry(of connection: Connection, _ wish: Listing) -> JSONValue? {
    let who: Identity?
    let topics: [TopicName]
    if let session = connection.hub, case .welcomed = session.stage {
      (who, topics) = (session.identity, Array(session.topics.keys))
    } else if let line = connection.dialect {
      who = line.identity ?? line.topics.values.first?.who
      topics = Array(line.topics.keys)
    } else {
      return nil
    }
    let id = who?.id ?? ""
    let address = Peer(connection.client).address
    guard wish.user == nil || wish.user == id, wish.finds(id, who?.name ?? "", address) else {
      return nil
    }
    return [
      "conn": .string(connection.number.description), "user": .string(id),
      "name": .string(who?.name ?? ""), "address": .string(address),
      "protocol": .string(connection.dialect.map { house.dialects[$0.index].name } ?? "muster.v2"),
      "silent_ms": .int(silence(of: connection)),
      "topics": .array(topics.map { .string($0.description) }),
    ]
  }
}
