/// Names one connection for as long as the server runs; never given twice.
public struct ConnectionID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let rawValue: UInt64

  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  public static func < (left: ConnectionID, right: ConnectionID) -> Bool {
    left.rawValue < right.rawValue
  }

  /// As `welcome` and the logs show it.
  public var description: String { "c_\(String(rawValue, radix: 36))" }
}
