/// Why a connection or a handshake failed; always the peer's fault.
public struct WebSocketError: Error, Equatable, Sendable {
  public enum Code: Sendable {
    case reservedBits
    case reservedOpcode
    case unmaskedFrame
    case maskedFrame
    case longControlFrame
    case fragmentedControlFrame
    case wastefulLength
    case impossibleLength
    case nothingToContinue
    case messageUnfinished
    case messageTooBig
    case inflatedTooBig
    case badText
    case badCompression
    case shortClosePayload
    case badCloseCode
    case badCloseReason
    /// The server's answer to our handshake was not one that RFC 6455, 4.1 allows.
    case badHandshakeAnswer
  }

  public let code: Code

  @inlinable public init(_ code: Code) { self.code = code }

  /// The code to close the connection with.
  public var closeCode: CloseCode {
    switch code {
    case .messageTooBig, .inflatedTooBig: .messageTooBig
    case .badText, .badCloseReason, .badCompression: .invalidPayload
    case .reservedBits, .reservedOpcode, .unmaskedFrame, .maskedFrame, .longControlFrame,
      .fragmentedControlFrame, .wastefulLength, .impossibleLength, .nothingToContinue,
      .messageUnfinished, .shortClosePayload, .badCloseCode, .badHandshakeAnswer:
      .protocolError
    }
  }

  /// The reason to close the connection with.
  public var reason: String {
    switch code {
    case .reservedBits: "reserved bit set"
    case .reservedOpcode: "reserved opcode"
    case .unmaskedFrame: "client frame not masked"
    case .maskedFrame: "server frame masked"
    case .longControlFrame: "control frame longer than 125 bytes"
    case .fragmentedControlFrame: "control frame fragmented"
    case .wastefulLength: "length not in its shortest form"
    case .impossibleLength: "length with the highest bit set"
    case .nothingToContinue: "continuation without a message"
    case .messageUnfinished: "new message inside a fragmented one"
    case .messageTooBig: "message too big"
    case .inflatedTooBig: "message too big when inflated"
    case .badText: "text is not UTF-8"
    case .badCompression: "compressed data is damaged"
    case .shortClosePayload: "close payload of one byte"
    case .badCloseCode: "close code not allowed"
    case .badCloseReason: "close reason is not UTF-8"
    case .badHandshakeAnswer: "handshake answer not acceptable"
    }
  }
}
