public import JSON

public enum Method: String, Sendable, Hashable, CaseIterable {
  case get = "GET"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
}

/// A call to one of a plugin's routes, already within its limits, with its caller identified.
public struct Request: Sendable {
  public let method: Method
  public let path: String
  /// The parts of the path that the route names, e.g. `:room`.
  public var parameters: [String: String]
  public var query: Fields
  public var headers: Fields
  public var cookies: Fields
  public var body: Body
  public var identity: Identity?
  public var peer: Peer
  /// Unix milliseconds.
  public var receivedAt: Int64
  /// The scheme, host and port that the client called, such as `https://muster.example.edu:8443`.
  /// Behind a trusted proxy they are the proxy's.
  public var origin: String
  /// Whether a page of a site that is not allowed here caused this request. Its cookies are left
  /// out, and it changes nothing unless it carries a token.
  public var isFromOtherSite = false

  public enum Body: Sendable {
    case bytes([UInt8])
    /// A form with files, which lie on disk until the handler returns.
    case form(Fields, files: [UploadedFile])
  }

  public init(
    _ method: Method, _ path: String, parameters: [String: String] = [:], query: Fields = Fields(),
    headers: Fields = Fields(ignoringCase: true), cookies: Fields = Fields(),
    body: Body = .bytes([]), identity: Identity? = nil, peer: Peer = .loopback,
    receivedAt: Int64 = 0, origin: String = "https://localhost"
  ) {
    self.method = method
    self.path = path
    self.parameters = parameters
    self.query = query
    self.headers = headers
    self.cookies = cookies
    self.body = body
    self.identity = identity
    self.peer = peer
    self.receivedAt = receivedAt
    self.origin = origin
  }

  /// The body as JSON. Throws a 400 in the plugin's shape when it is not.
  public func json() throws -> JSONValue {
    guard case .bytes(let bytes) = body else {
      throw PluginError.invalid("a JSON body is expected")
    }
    do {
      return try JSONValue(parsing: bytes, limits: Request.limits(bytes))
    } catch {
      throw PluginError(.unreadableBody, "the body is not JSON: \(error)")
    }
  }

  /// A value by name from the query, the form or the JSON object in the body, in this order.
  ///
  /// Numbers and flags in a JSON body are given as their text.
  public func input(_ name: String) -> String? {
    if let value = query[name] { return value }
    switch body {
    case .form(let fields, _): return fields[name]
    case .bytes(let bytes):
      guard !bytes.isEmpty,
        let value = try? JSONValue(parsing: bytes, limits: Request.limits(bytes))
      else { return nil }
      return value[name]?.scalarText
    }
  }

  /// The length was checked against the operation's own bound before the body was taken.
  private static func limits(_ body: [UInt8]) -> JSONLimits { JSONLimits(bytes: body.count) }

  /// The caller, or a 401 in the plugin's shape.
  public func caller() throws -> Identity {
    guard let identity else { throw PluginError(.unauthorized, "log in first") }
    return identity
  }
}

extension JSONValue {
  /// A text, number or flag as text; nil for everything else.
  var scalarText: String? {
    if let string { return string }
    if let bool { return bool ? "true" : "false" }
    if let int { return String(int) }
    if let double { return String(double) }
    return nil
  }
}

/// Names with values, in order; a name may occur more than once.
public struct Fields: Sendable, Hashable {
  public private(set) var all: [Field] = []
  private let ignoresCase: Bool

  public struct Field: Sendable, Hashable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(ignoringCase: Bool = false) { ignoresCase = ignoringCase }

  public init(_ pairs: KeyValuePairs<String, String>, ignoringCase: Bool = false) {
    ignoresCase = ignoringCase
    for (name, value) in pairs { append(name, value) }
  }

  public mutating func append(_ name: String, _ value: String) {
    all.append(Field(name: name, value: value))
  }

  /// Removes all values of that name.
  public mutating func remove(_ name: String) { all = all.filter { !matches($0.name, name) } }

  /// The first value of that name.
  public subscript(name: String) -> String? { all.first { matches($0.name, name) }?.value }

  public func values(_ name: String) -> [String] {
    all.filter { matches($0.name, name) }.map(\.value)
  }

  private func matches(_ a: String, _ b: String) -> Bool {
    ignoresCase
      ? a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
      : a == b
  }

  private func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 32 : byte }
}

/// A file of a multipart form.
public struct UploadedFile: Sendable {
  public let field: String
  /// The name the client gave, without any folder.
  public let name: String
  public let contentType: String
  public let size: Int
  /// Where it lies until the handler returns; a handler that keeps it moves it away.
  public let path: String

  public init(field: String, name: String, contentType: String, size: Int, path: String) {
    self.field = field
    self.name = name
    self.contentType = contentType
    self.size = size
    self.path = path
  }
}
