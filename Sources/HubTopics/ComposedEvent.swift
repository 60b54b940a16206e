internal import Bytes
package import HubProtocol
internal import JSON
package import PluginKit

/// The event that a publish becomes by the rules of its topic.
package struct ComposedEvent {
  package let data: [UInt8]
  package let author: String?
  package let isSecret: Bool

  package static func of(
    _ request: PublishRequest, _ rules: TopicRules, at now: Int64
  ) throws(PublishRefusal) -> ComposedEvent {
    switch request.content {
    case .event(let event): return ComposedEvent(event, author: event.author)
    case .message(let payload, let sender):
      guard let compose = rules.compose else { return plain(payload, sender) }
      do {
        let message = MemberMessage(
          topic: Topic(request.topic.description), sender: sender,
          data: try JSONValue(parsing: payload), id: request.key?.id ?? "", at: now)
        return ComposedEvent(try compose(message), author: sender.id)
      } catch TopicRefusal.bad(let sentence) {
        throw PublishRefusal(error: .badRequest, message: sentence)
      } catch {
        throw PublishRefusal(error: .permissionDenied, message: nil)
      }
    }
  }

  /// The message of a member beside its sender, where the topic's owner has no form of its own.
  private static func plain(_ payload: [UInt8], _ sender: Identity) -> ComposedEvent {
    var out = ByteBuffer(capacity: payload.count + 96)
    out.append("{\"event\":\"message\",\"user\":{\"id\":" as StaticString)
    out.append(json: sender.id)
    out.append(",\"name\":" as StaticString)
    out.append(json: sender.name)
    out.append("},\"data\":" as StaticString)
    out.append(payload)
    out.append(UInt8(ascii: "}"))
    return ComposedEvent(data: [UInt8](out), author: sender.id, isSecret: false)
  }
}

extension ComposedEvent {
  fileprivate init(_ event: Event, author: String?) {
    self.init(data: event.data.encoded(), author: author, isSecret: event.isSecret)
  }
}

/// The reason why no event came of a publish.
package struct PublishRefusal: Error {
  package let error: ClientError
  package let message: String?
}
