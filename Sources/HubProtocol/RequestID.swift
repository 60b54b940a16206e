/// A number or string of the client's that goes back to it exactly as it came: the `id` of a
/// request, the `ts` of a ping.
public struct RequestID: Hashable, Sendable {
  /// The bytes as the client wrote them, quotes included.
  public let json: String

  /// `json` must be one well-formed JSON number or string.
  public init(json: String) { self.json = json }

  public var isString: Bool { json.utf8.first == UInt8(ascii: "\"") }
}
