public import JSON
internal import Loop
internal import Synchronization
internal import TLS

/// A client of the hub that keeps its connection alive on a thread of its own, and everything that
/// must survive a reconnect: subscriptions with their positions, and what was published and is not
/// acknowledged.
///
///     let hub = try Muster(url: "wss://localhost:8443/ws") { _ in token }
///     hub.connect()
///     let room = hub.subscribe("chat.room.TEST", presence: true)
///     try await hub.publish("chat.room.TEST", ["msg": "hello"])
///     for await item in room.news { print(item) }
public final class Muster: Sendable {
  private let core: ClientCore
  private let loop: EventLoop
  /// How the connection is doing, from the first attempt on. For one reader.
  public let states: AsyncStream<ConnectionState>
  private let prefix: String
  private let lastID = Atomic<Int>(0)

  /// - Parameters:
  ///   - url: `wss://host[:port][/path]`; the path is `/ws` unless given.
  ///   - token: nil comes in as a guest.
  public convenience init(
    url: String, options: MusterOptions = MusterOptions(), token: TokenSource? = nil
  ) throws {
    try self.init(url: url, options: options, time: SystemTime(), token: token)
  }

  init(
    url: String, options: MusterOptions, time: any TimeSource,
    random: @escaping @Sendable (Int) -> Int = { Int.random(in: 0...max($0, 0)) },
    token: TokenSource?
  ) throws {
    let url = try HubURL(url)
    let context = url.isEncrypted ? try TLSContext.client(trusting: options.trust) : nil
    let (states, reports) = AsyncStream<ConnectionState>.makeStream()
    loop = EventLoop(time: time)
    prefix = Muster.word()
    let machine = ClientMachine(
      session: options.session ?? "s_\(Muster.word())\(Muster.word())", client: options.client,
      queue: options.queue, random: random)
    self.states = states
    core = ClientCore(
      loop: loop, url: url, tlsContext: context, options: options, machine: machine, token: token
    ) { state in
      reports.yield(state)
      if case .stopped = state { reports.finish() }
    }
    loop.start(name: "muster-client")
  }

  // The transport's last close frame may still be on its way: the loop ends a little later.
  deinit { loop.stop() }

  /// Begins to connect; from then on the client comes back by itself.
  public func connect() { run { $0.connect() } }

  /// Follows a topic. One subscription per topic: a second one is told `already_subscribed`.
  /// - Parameter recover: where an earlier run of the program was; what came after is told.
  public func subscribe(
    _ topic: String, presence: Bool = false, recover: TopicPosition? = nil
  ) -> Subscription {
    let (stream, continuation) = AsyncStream<TopicNews>.makeStream()
    run { $0.subscribe(topic, presence: presence, from: recover, continuation) }
    return Subscription(topic, stream, self)
  }

  func unsubscribe(_ topic: String) async { await core.unsubscribe(topic) }

  /// An id for `publish`, for programs that want to know it before.
  public func makeID() -> String {
    "\(prefix)-\(lastID.add(1, ordering: .relaxed).newValue)"
  }

  /// Returns when the server has the message; it is sent again with the same id after a reconnect,
  /// so it is delivered once. Throws a `MusterError`.
  @discardableResult
  public func publish(
    _ topic: String, _ data: JSONValue, id: String? = nil
  ) async throws -> TopicPosition {
    try await core.publish(id ?? makeID(), topic, data)
  }

  /// Events before an offset (or the newest), oldest first.
  public func history(
    _ topic: String, before: UInt64? = nil, limit: Int = 50
  ) async throws -> (events: [TopicEvent], hasMore: Bool) {
    var wish: JSONObject = ["limit": .int(Int64(limit))]
    if let before { wish["before"] = .int(Int64(clamping: before)) }
    let answer = try await core.ask([
      "type": "history", "topic": .string(topic), "data": .object(wish),
    ])
    let events = answer["data"]?["events"]?.array ?? []
    return (events.map(TopicEvent.init), answer["data"]?["more"]?.bool == true)
  }

  /// Sends a frame of any type and returns the answer, for what plugins add to the protocol.
  public func request(_ type: String, topic: String? = nil, _ data: JSONValue) async throws
    -> JSONValue
  {
    var frame: JSONObject = ["type": .string(type), "data": data]
    if let topic { frame["topic"] = .string(topic) }
    return try await core.ask(frame)
  }

  /// Says goodbye: presence ends at once, nothing is tried again, all streams end.
  public func close() async { await core.close() }

  /// Lets the connection break without a word, as a failing network would.
  func breakLine() async { await core.breakLine() }

  /// In the order of the calls.
  private func run(_ action: @escaping @Sendable (isolated ClientCore) -> Void) {
    let core = core
    loop.post { core.assumeIsolated(action) }
  }

  private static func word() -> String {
    String(UInt64.random(in: 0 ... .max), radix: 36)
  }
}
