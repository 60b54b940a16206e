internal import HubProtocol
internal import JSON
internal import PluginKit

// Lists of topics and connections for operators.
extension ListQuery {
  init(_ body: JSONValue) throws {
    guard body.object != nil else { throw PluginError.invalid("an object is expected") }
    user = body["user"]?.string
    text = body["matching"]?.string?.lowercased() ?? ""
    limit = min(max(body["limit"]?.int ?? 1000, 1), 10_000)
  }
}

extension TopicSummary {
  var json: JSONValue {
    [
      "topic": .string(name.description), "subscribers": .int(Int64(subscribers)),
      "members": members.map { .int(Int64($0)) } ?? .null,
      "offset": .int(Int64(clamping: position.offset)), "epoch": .string(position.epoch),
    ]
  }
}

extension SessionSummary {
  var json: JSONValue {
    [
      "conn": .string(number.description), "user": .string(user), "name": .string(name),
      "address": .string(address), "protocol": .string(protocolName),
      "silent_ms": .int(silentMilliseconds),
      "topics": .array(topics.map { .string($0.description) }),
    ]
  }
}
