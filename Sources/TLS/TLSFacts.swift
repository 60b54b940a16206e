/// The negotiated parameters; known as soon as the handshake is done.
public struct TLSFacts: Sendable, Equatable {
  public enum Version: Sendable { case tls12, tls13 }

  public var version: Version
  /// The suite's registered name, such as `TLS_AES_128_GCM_SHA256`.
  public var cipher: String
  /// The agreed application protocol (ALPN), if the client asked for one.
  public var applicationProtocol: String?
  /// The name the client asked for (SNI).
  public var serverName: String?
  /// Whether a ticket replaced the key exchange with certificates.
  public var isResumed: Bool
}

/// Where a connection stands after bytes were fed to it.
public enum TLSProgress: Sendable, Equatable {
  /// The handshake goes on; send what is in the reply and wait.
  case handshaking
  /// Bytes can flow both ways.
  case established
  /// The peer said that nothing more will come; what was decrypted before that is valid.
  case closed
}
