/// Where a plugin reports what an operator should know. Values never contain secrets.
public struct Log: Sendable {
  public enum Level: Int, Sendable, Comparable, CaseIterable {
    case debug, info, warning, error

    public static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }
  }

  public typealias Fields = KeyValuePairs<String, any LogValue>

  private let sink: @Sendable (Level, String, Fields) -> Void

  public init(_ sink: @escaping @Sendable (Level, String, Fields) -> Void) { self.sink = sink }

  /// Drops everything.
  public static let silent = Log { _, _, _ in }

  public func debug(_ message: String, _ fields: Fields = [:]) { sink(.debug, message, fields) }
  public func info(_ message: String, _ fields: Fields = [:]) { sink(.info, message, fields) }
  public func warning(_ message: String, _ fields: Fields = [:]) { sink(.warning, message, fields) }
  public func error(_ message: String, _ fields: Fields = [:]) { sink(.error, message, fields) }
}

/// The value of a log field. In JSON a number stays a number.
public protocol LogValue: Sendable, CustomStringConvertible {}

extension String: LogValue {}
extension Int: LogValue {}
extension Int64: LogValue {}
extension Double: LogValue {}
extension Bool: LogValue {}
