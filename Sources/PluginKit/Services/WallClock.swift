/// The time of day. Tests turn their own.
public protocol WallClock: Sendable {
  /// Unix milliseconds.
  var now: Int64 { get }
}
