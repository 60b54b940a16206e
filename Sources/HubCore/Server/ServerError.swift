/// An error that keeps a server from starting.
public struct ServerError: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
