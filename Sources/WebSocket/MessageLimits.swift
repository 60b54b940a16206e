/// How much a peer may send at once; checked before memory is taken.
public struct MessageLimits: Equatable, Sendable {
  /// Bytes of a message as they come over the wire, all of its fragments together.
  public var message: Int
  /// Bytes of a message that came compressed, after inflating.
  public var inflated: Int

  public init(message: Int = 64 << 10, inflated: Int = 640 << 10) {
    self.message = message
    self.inflated = inflated
  }
}
