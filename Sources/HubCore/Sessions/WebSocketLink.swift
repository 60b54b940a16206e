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
  var closing = CloseHandshake() {
    didSet { connection?.takesFrames = closing.takesMessages }
  }
  private unowned(safe) var connection: Connection?
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

  /// Becomes the conversation of a connection.
  func begin(on connection: Connection) {
    self.connection = connection
    connection.conversation = self
    connection.takesFrames = closing.takesMessages
  }
}

extension Connection {
  /// The conversation in frames, once it is one.
  @inline(__always) var link: WebSocketLink? { conversation(as: WebSocketLink.self) }

  /// Whether its conversation in frames goes on: neither side has begun to end it.
  var isConversing: Bool { link?.closing.takesMessages ?? false }

  /// A dialect's client whose upgrade is not answered yet.
  var arriving: DialectLink? { Connection.view(nextConversation, as: DialectLink.self) }

  /// Whether its client may still come into topics: its conversation goes on, or a dialect is about
  /// to begin it.
  var mayComeIn: Bool { isConversing || !isParting && arriving != nil }

  var subscriberForm: SubscriberForm {
    SubscriberForm(dialect: dialect?.writer, compression: link?.compression)
  }

  /// The version-2 client's side, if it is one.
  var hub: HubSession? {
    if case .hub(let session) = link?.speaker { session } else { nil }
  }

  var dialect: DialectLink? {
    if let arriving { return arriving }
    if case .dialect(let dialect) = link?.speaker { return dialect }
    return nil
  }
}
