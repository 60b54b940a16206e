internal import CLinux

/// Where something lies in memory, so that the processor can be told to fetch it before it is needed.
///
/// Whoever walks through more objects than the caches hold spends most of the time waiting for
/// them, unless they were asked for a few steps ahead. A landmark keeps nothing alive, and nothing
/// is ever read through it: one whose object is gone does no harm.
@safe public struct Landmark: Sendable {
  private let address: UInt

  public init(_ object: AnyObject) {
    address = UInt(bitPattern: ObjectIdentifier(object))
  }

  public init(_ place: UnsafeRawPointer) {
    address = UInt(bitPattern: place)
  }

  /// Asks for the first `lines` times 64 bytes.
  @inline(__always) public func prefetch(lines: Int32) {
    unsafe clinux_prefetch(UnsafeRawPointer(bitPattern: address), lines)
  }
}
