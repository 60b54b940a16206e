public import JSON

/// The description of a route for the generated documents and for the server's checks.
public struct Operation: Sendable {
  public var summary: String
  public var details: String?
  public var parameters: [Parameter]
  public var body: RequestBody?
  public var answers: [Answer]
  public var access: Access
  public var limit: CallLimit?
  public var timeoutSeconds: Int
  /// Provisional accounts may call this as themselves; elsewhere they count as strangers.
  public var admitsProvisional: Bool
  /// Whether even a GET changes something, as some documents have it. All methods but GET count as
  /// changing anyway.
  public var changesByGET: Bool

  public init(
    _ summary: String, details: String? = nil, parameters: [Parameter] = [],
    body: RequestBody? = nil, answers: [Answer] = [.ok(.anything)], access: Access = .anyone,
    limit: CallLimit? = nil, timeoutSeconds: Int = 15, changesByGET: Bool = false,
    admitsProvisional: Bool = false
  ) {
    self.summary = summary
    self.details = details
    self.parameters = parameters
    self.body = body
    self.answers = answers
    self.access = access
    self.limit = limit
    self.timeoutSeconds = timeoutSeconds
    self.admitsProvisional = admitsProvisional
    self.changesByGET = changesByGET
  }

  /// The largest body of an operation that declares none, as a form with its parameters may be.
  public static let undeclaredBytes = 64 << 10

  /// The largest body that it takes.
  public var mostBytes: Int { body?.maxBytes ?? Operation.undeclaredBytes }

  public func changes(by method: Method) -> Bool { method != .get || changesByGET }

  public struct Parameter: Sendable {
    public enum Place: String, Sendable { case path, query, header }
    public let place: Place
    public let name: String
    public let schema: Schema
    public let isRequired: Bool
    public let note: String
    public let example: JSONValue?

    public static func query(
      _ name: String, _ schema: Schema = .string, optional: Bool = false, _ note: String,
      example: JSONValue? = nil
    ) -> Parameter {
      Parameter(
        place: .query, name: name, schema: schema, isRequired: !optional, note: note,
        example: example)
    }

    public static func path(
      _ name: String, _ schema: Schema = .string, _ note: String, example: JSONValue? = nil
    ) -> Parameter {
      Parameter(
        place: .path, name: name, schema: schema, isRequired: true, note: note, example: example)
    }
  }

  /// The body that a route accepts. More than `maxBytes` is refused before it is read.
  public struct RequestBody: Sendable {
    public enum Kind: Sendable {
      case json(Schema)
      case form([Schema.Property])
      case upload([Schema.Property])
    }
    public let kinds: [Kind]
    public let maxBytes: Int
    public let isRequired: Bool
    public let example: JSONValue?

    public init(
      _ kinds: Kind..., maxBytes: Int = 1 << 20, optional: Bool = false, example: JSONValue? = nil
    ) {
      self.kinds = kinds
      self.maxBytes = maxBytes
      isRequired = !optional
      self.example = example
    }
  }

  public struct Answer: Sendable {
    public let status: Int
    public let meaning: String
    public let schema: Schema?
    public let contentType: String
    public let example: JSONValue?

    public init(
      _ status: Int, _ meaning: String, _ schema: Schema? = nil,
      contentType: String = "application/json", example: JSONValue? = nil
    ) {
      self.status = status
      self.meaning = meaning
      self.schema = schema
      self.contentType = contentType
      self.example = example
    }

    public static func ok(_ schema: Schema, _ meaning: String = "Done.", example: JSONValue? = nil)
      -> Answer
    {
      Answer(200, meaning, schema, example: example)
    }
  }
}

/// The callers that a route admits. All others get a 401 or 403 in the plugin's error shape.
public enum Access: Sendable {
  case anyone
  /// Callers that the handler admits, for a key or a token in the head that it looks at itself. The
  /// body of a call without either is not read.
  case keyHolder
  case signedIn
  case anyRole(Roles)
  /// Anyone from the networks listed in this setting of the plugin; elsewhere callers with an account.
  case openNetworks(setting: String)
}

/// How often a call may be made; more gets a 429 in the plugin's error shape.
public struct CallLimit: Sendable, Hashable {
  public enum Key: Sendable, Hashable { case address, account }
  public let count: Int
  public let seconds: Int
  public let key: Key

  public static func perMinute(_ count: Int, by key: Key = .address) -> CallLimit {
    CallLimit(count: count, seconds: 60, key: key)
  }
}
