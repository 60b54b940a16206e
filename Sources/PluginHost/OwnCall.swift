public import PluginKit

/// A call that the server itself answers; never slow, never waiting.
public struct OwnCall: Sendable {
  public let operation: Operation
  public let handler: @Sendable (Request) async -> Response

  public init(_ operation: Operation, _ handler: @escaping @Sendable (Request) async -> Response) {
    self.operation = operation
    self.handler = handler
  }
}
