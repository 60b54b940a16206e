/// One line per answered request, written away from the loops.
public struct AccessLog: Sendable {
  public struct Line: Sendable {
    /// Unix milliseconds.
    public let at: Int64
    public let address: String
    public let method: String
    /// Without the query, which may hold secrets.
    public let path: String
    public let status: Int
    public let bytes: Int
    public let microseconds: Int
  }

  let write: @Sendable (() -> Line) -> Void

  /// `write` is called on the loops: it must only put the line where another thread takes it, and
  /// makes the line only if somebody wants to read it.
  public init(_ write: @escaping @Sendable (() -> Line) -> Void) { self.write = write }

  public static let none = AccessLog { _ in }
}
