internal import Bytes
internal import HubProtocol
internal import HubTopics
internal import WebSocket

/// A connection that speaks in frames.
final class WebSocketLink {
  /// The side that understands the messages.
  enum Speaker {
    /// Gives everything back; for load tests and conformance.
    case echo
    case hub(HubSession)
    case dialect(DialectLink)
  }

  var assembler: MessageAssembler
  var closing = CloseHandshake()
  let speaker: Speaker
  let compression: Compression?
  var heartbeat = Heartbeat()
  /// When the message began that has not come whole, in nanoseconds of the loop; 0 if there is none.
  var messageBegunAt: UInt64 = 0
  /// Bytes that came before the upgrade was answered, or while reading was paused.
  var early = ByteBuffer()

  init(assembler: consuming MessageAssembler, speaker: Speaker, compression: Compression?) {
    self.assembler = assembler
    self.speaker = speaker
    self.compression = compression
  }

  /// The topics this client is in.
  var topics: [TopicName: Subscription] {
    switch speaker {
    case .echo: [:]
    case .hub(let session): session.topics
    case .dialect(let dialect): dialect.topics
    }
  }

  var compresses: Bool { compression != nil }
}
