public import JSON
public import Storage

/// The registrations of a plugin, collected once before the server starts and frozen then.
public struct Registrar: ~Copyable {
  public private(set) var routes: [Route] = []
  public private(set) var topics: [TopicRegistration] = []
  public private(set) var messages: [MessageRegistration] = []
  public private(set) var dialects: [DialectRegistration] = []
  public private(set) var jobs: [Job] = []
  public private(set) var migrations: [Migration] = []
  public private(set) var authenticators: [Authenticator] = []
  public private(set) var demos: [Demo] = []
  public private(set) var pages: [Page] = []
  public private(set) var assets: [PageAsset] = []
  public private(set) var gauges: [Gauge] = []
  public private(set) var shape: ErrorShape = PluginError.defaultShape
  public private(set) var mounts: [MountPoint] = []
  private var failure = PluginError.defaultSchema
  private var crossOrigin: CrossOrigin?
  private var prefixes = [""]

  public init() {}

  /// The paths that follow are served below each of these; `""` is the root, for old clients.
  /// Unknown paths below a prefix are answered in the error shape that is in force now.
  public mutating func mount(at prefixes: String...) {
    self.prefixes = prefixes
    mounts += prefixes.filter { !$0.isEmpty }.map { MountPoint(prefix: $0, shape: shape) }
  }

  /// How this system says that something went wrong, and what the generated documents say of it.
  public mutating func errorShape(_ shape: @escaping ErrorShape, schema: Schema = .anything) {
    self.shape = shape
    failure = schema
  }

  /// Pages of these sites may call the routes that follow.
  public mutating func crossOrigin(_ rule: CrossOrigin) { crossOrigin = rule }

  /// A way to say who is calling; they are tried in the order of registration.
  public mutating func authenticator(_ authenticator: Authenticator) {
    authenticators.append(authenticator)
  }

  public mutating func get(
    _ path: String, _ operation: Operation, _ handler: @escaping RouteHandler
  ) {
    route([.get], path, operation, handler)
  }

  public mutating func post(
    _ path: String, _ operation: Operation, _ handler: @escaping RouteHandler
  ) {
    route([.post], path, operation, handler)
  }

  public mutating func put(
    _ path: String, _ operation: Operation, _ handler: @escaping RouteHandler
  ) {
    route([.put], path, operation, handler)
  }

  public mutating func delete(
    _ path: String, _ operation: Operation, _ handler: @escaping RouteHandler
  ) {
    route([.delete], path, operation, handler)
  }

  /// One handler under several methods. Path parts beginning with `:` are parameters; a trailing
  /// slash makes no difference.
  public mutating func route(
    _ methods: [Method], _ path: String, _ operation: Operation,
    _ handler: @escaping RouteHandler
  ) {
    routes.append(
      Route(
        methods: methods, paths: prefixes.map { $0 + path }, operation: operation,
        shape: shape, failure: failure, crossOrigin: crossOrigin, handler: handler))
  }

  /// Rules for the topics that match `pattern`; `{name}` stands for all that follows, dots too.
  /// The first part of the pattern must be the plugin's name or one of its namespaces.
  public mutating func topic(
    _ pattern: String, _ summary: String, _ rules: TopicRules, events: [EventDescription] = []
  ) {
    topics.append(
      TopicRegistration(pattern: pattern, summary: summary, rules: rules, events: events))
  }

  /// A client message type of this plugin's own; what the handler returns becomes the ack's data.
  /// `data` and `answer` describe both for the generated documents.
  public mutating func on(
    _ type: String, _ summary: String, data: Schema = .anything, answer: Schema = .anything,
    admitsProvisional: Bool = false, _ handler: @escaping MessageHandler
  ) {
    messages.append(
      MessageRegistration(
        type: type, summary: summary, data: data, answer: answer,
        admitsProvisional: admitsProvisional, handler: handler))
  }

  /// An older protocol at `path`; also the first choice of a listener that names it. To a dialect
  /// that does not admit provisional accounts they come without an identity.
  public mutating func dialect(
    _ paths: [String], _ name: String, admitsProvisional: Bool = false, _ dialect: any Dialect
  ) {
    dialects.append(
      DialectRegistration(
        name: name, paths: paths, admitsProvisional: admitsProvisional, dialect: dialect))
  }

  public mutating func job(
    _ name: String, _ schedule: Schedule, _ run: @escaping @Sendable (Int64) async throws -> Void
  ) {
    jobs.append(Job(name, schedule, run))
  }

  /// Statements that bring the plugin's tables from `version - 1` to `version`. Never change one
  /// that was released; add the next.
  public mutating func migrate(_ version: Int, _ sql: String) {
    migrations.append(Migration(version, sql))
  }

  /// A page of the web site, and the files that it needs, in an order in which each refers only to
  /// those before it.
  public mutating func page(_ page: Page, assets: [PageAsset] = []) {
    pages.append(page)
    self.assets += assets
  }

  /// A number on `/metrics`, as `muster_<plugin>_<name>`. It is read at each request for it, so
  /// that it must not wait.
  public mutating func gauge(_ name: String, _ read: @escaping @Sendable () -> Int) {
    gauges.append(Gauge(name: name, read: read))
  }

  /// Fills an empty database with example data; it runs before `start`.
  public mutating func demo(_ seed: @escaping Demo) { demos.append(seed) }
}

/// Answers a call. It starts on the connection's loop.
///
/// A closure with a list of captures, `{ [self] request in … }`, is another kind of function to
/// Swift 6.3: it runs on the shared pool of threads, and every call costs several jumps between
/// threads. `{ request in try await self.answer(request) }` stays.
public typealias RouteHandler = @Sendable (Request) async throws -> Response
public typealias MessageHandler = @Sendable (MemberMessage) async throws -> JSONValue

/// Writes example data. `now` is the moment of seeding in Unix milliseconds.
public typealias Demo = @Sendable (_ services: PluginServices, _ now: Int64) async throws -> Void

/// A number of a plugin for the metrics.
public struct Gauge: Sendable {
  public let name: String
  public let read: @Sendable () -> Int
}

/// A prefix of paths that belongs to a plugin.
public struct MountPoint: Sendable {
  public let prefix: String
  public let shape: ErrorShape

  /// Whether `path` is the prefix or lies below it.
  public func contains(_ path: String) -> Bool {
    guard path.utf8.starts(with: prefix.utf8) else { return false }
    let rest = path.utf8.dropFirst(prefix.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }

  /// The answer to a path that has no route.
  public func unknownPath(_ path: String) -> Response {
    shape(.notFound("There is nothing at this address."), Request(.get, path))
  }
}

/// A call that the server answers.
public struct Route: Sendable {
  public let methods: [Method]
  public let paths: [String]
  public let operation: Operation
  public let shape: ErrorShape
  /// The schema of the error shape, for the generated documents.
  public let failure: Schema
  public let crossOrigin: CrossOrigin?
  public let handler: RouteHandler
}

public struct TopicRegistration: Sendable {
  public let pattern: String
  public let summary: String
  public let rules: TopicRules
  public let events: [EventDescription]
}

/// An event as the generated documents describe it.
public struct EventDescription: Sendable {
  public let name: String
  public let summary: String
  public let fields: [Schema.Property]

  public init(_ name: String, _ summary: String, _ fields: [Schema.Property] = []) {
    self.name = name
    self.summary = summary
    self.fields = fields
  }
}

public struct MessageRegistration: Sendable {
  public let type: String
  public let summary: String
  public let data: Schema
  public let answer: Schema
  public let admitsProvisional: Bool
  public let handler: MessageHandler
}

public struct DialectRegistration: Sendable {
  public let name: String
  public let paths: [String]
  public let admitsProvisional: Bool
  public let dialect: any Dialect
}
