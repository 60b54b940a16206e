internal import WebSocket

/// A connection that speaks in frames.
final class WebSocketLink {
  /// Who understands the messages.
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
  /// Was a ping sent since the last byte came?
  var isProbed = false

  init(assembler: consuming MessageAssembler, speaker: Speaker, compression: Compression?) {
    self.assembler = assembler
    self.speaker = speaker
    self.compression = compression
  }

  var compresses: Bool { compression != nil }
}
