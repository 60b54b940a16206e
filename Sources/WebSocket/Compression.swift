/// The negotiated parameters of permessage-deflate (RFC 7692).
///
/// Both always forget their context between messages: that is what lets one compressor and one
/// inflater serve all connections of a loop.
public struct Compression: Equatable, Sendable {
  static let name = "permessage-deflate"

  /// The server's compressor refers back at most 2^serverWindowBits bytes, 8 to 15.
  public let serverWindowBits: Int
  /// Whether the client asked for a window, so that the answer must name one.
  let namesServerWindow: Bool

  /// Whether a message of `length` bytes may go out as it was deflated for everybody, with the
  /// widest window: if this one is as wide, or the message refers back no further than its own
  /// beginning.
  @inlinable public func allowsShared(length: Int) -> Bool {
    serverWindowBits == 15 || length <= 1 << serverWindowBits
  }

  /// The first offer that can be accepted (RFC 7692, 5.1); nil when none can.
  static func accepting(_ offers: [ExtensionOffer]) -> Compression? {
    for offer in offers {
      guard offer.name == name, let wishes = CompressionParameters(offer.parameters) else {
        continue
      }
      return Compression(
        serverWindowBits: wishes.serverWindowBits ?? 15,
        namesServerWindow: wishes.serverWindowBits != nil)
    }
    return nil
  }

  /// The value of the answer's `Sec-WebSocket-Extensions`.
  var answer: String {
    // RFC 7692, 7.1.2.1: a window that was asked for is accepted by naming it. The window that
    // the client offers for itself needs no answer: our inflater takes all of them.
    let window = namesServerWindow ? "; server_max_window_bits=\(serverWindowBits)" : ""
    return "\(Compression.name); server_no_context_takeover; client_no_context_takeover\(window)"
  }

  /// The offer of a client of ours: the server must forget its context. The client's own window
  /// is not mentioned, so that the server cannot narrow it.
  static let offer = "\(name); server_no_context_takeover; client_no_context_takeover"

  /// The parameters in the server's answer to `offer`; an empty list means no compression.
  static func accepted(_ answer: [ExtensionOffer]) throws(WebSocketError) -> Compression? {
    guard let first = answer.first else { return nil }
    guard answer.count == 1, first.name == name,
      let parameters = CompressionParameters(first.parameters),
      parameters.serverForgets, !parameters.mentionsClientWindow
    else { throw WebSocketError(.badHandshakeAnswer) }
    return Compression(
      serverWindowBits: parameters.serverWindowBits ?? 15, namesServerWindow: false)
  }
}

/// The parameters of one permessage-deflate offer or answer (RFC 7692, 7.1).
struct CompressionParameters: Equatable {
  private(set) var serverForgets = false
  private(set) var clientForgets = false
  private(set) var serverWindowBits: Int?
  private(set) var clientWindowBits: Int?
  private(set) var mentionsClientWindow = false

  /// Nil when a parameter is unknown, comes twice or has a value it must not have.
  init?(_ parameters: [ExtensionOffer.Parameter]) {
    for parameter in parameters {
      guard take(parameter) else { return nil }
    }
  }

  private mutating func take(_ parameter: ExtensionOffer.Parameter) -> Bool {
    switch parameter.name {
    case "server_no_context_takeover":
      return take(flag: \.serverForgets, parameter.value)
    case "client_no_context_takeover":
      return take(flag: \.clientForgets, parameter.value)
    case "server_max_window_bits":
      guard serverWindowBits == nil else { return false }
      serverWindowBits = CompressionParameters.windowBits(parameter.value)
      return serverWindowBits != nil
    case "client_max_window_bits":
      guard !mentionsClientWindow else { return false }
      mentionsClientWindow = true
      clientWindowBits = CompressionParameters.windowBits(parameter.value)
      // RFC 7692, 7.1.2.2: only a client's offer for itself may do without a value.
      return parameter.value == nil || clientWindowBits != nil
    default:
      return false
    }
  }

  private mutating func take(
    flag: WritableKeyPath<CompressionParameters, Bool>, _ value: String?
  ) -> Bool {
    guard value == nil, !self[keyPath: flag] else { return false }
    self[keyPath: flag] = true
    return true
  }

  /// 8 to 15, in decimal without leading zeros.
  private static func windowBits(_ text: String?) -> Int? {
    switch text {
    case "8": 8
    case "9": 9
    case "10": 10
    case "11": 11
    case "12": 12
    case "13": 13
    case "14": 14
    case "15": 15
    default: nil
    }
  }
}
