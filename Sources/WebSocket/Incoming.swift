/// A whole message or control frame from the peer.
///
/// Its bytes are to be had from `MessageScratch.payload(of:in:)`.
@frozen public struct Incoming: Equatable, Sendable {
  @frozen public enum Kind: Equatable, Sendable {
    /// A message of text, already known to be UTF-8.
    case text
    case binary
    case ping
    case pong
    /// The peer closes, `noStatus` when it gives no code; the payload is its reason, UTF-8.
    case close(CloseCode)
  }

  public let kind: Kind
  /// Whether the peer sent it compressed.
  public let wasCompressed: Bool
  // Where in the received bytes it lies; nil when it had to be put together in the scratch.
  @usableFromInline let range: Range<Int>?

  init(_ kind: Kind, range: Range<Int>?, wasCompressed: Bool = false) {
    self.kind = kind
    self.range = range
    self.wasCompressed = wasCompressed
  }
}
