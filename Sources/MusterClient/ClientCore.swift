internal import Bytes
internal import JSON
internal import Loop
internal import TLS
internal import WebSocket

/// Does what the machine decides. Lives on the client's own loop.
actor ClientCore {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  private let url: HubURL
  private let options: MusterOptions
  private let tlsContext: TLSContext?
  private let token: TokenSource?
  private let report: @Sendable (ConnectionState) -> Void
  private var machine: ClientMachine
  private var transport: Transport?
  /// Counts connections, so that what an earlier one says late is not heard.
  private var attempt = 0
  private var news: [String: AsyncStream<TopicNews>.Continuation] = [:]
  private var publishers: [String: CheckedContinuation<TopicPosition, any Error>] = [:]
  private var callers: [Int: CheckedContinuation<JSONValue, any Error>] = [:]
  private var timer: (timer: EventLoop.Timer, deadline: Int64)?
  private var isPerforming = false

  init(
    loop: EventLoop, url: HubURL, tlsContext: TLSContext?, options: MusterOptions,
    machine: ClientMachine, token: TokenSource?,
    report: @escaping @Sendable (ConnectionState) -> Void
  ) {
    self.loop = loop
    self.url = url
    self.tlsContext = tlsContext
    self.options = options
    self.machine = machine
    self.token = token
    self.report = report
  }

  private var now: Int64 { Int64(loop.time.monotonic / 1_000_000) }

  func connect() {
    machine.connect(now)
    perform()
  }

  func close() {
    machine.close(now)
    perform()
  }

  /// Lets the line break, as a failing network would; the client comes back by itself.
  func breakLine() {
    transport?.drop()
    happened(.ended(.abnormal), attempt)
  }

  func subscribe(
    _ topic: String, presence: Bool, from position: TopicPosition?,
    _ stream: AsyncStream<TopicNews>.Continuation
  ) {
    guard machine.subscribe(topic, presence: presence, from: position, now) else {
      stream.yield(.refused(news[topic] == nil ? .closed : .alreadySubscribed))
      return stream.finish()
    }
    news[topic] = stream
    perform()
  }

  func unsubscribe(_ topic: String) {
    machine.unsubscribe(topic, now)
    perform()
  }

  func publish(_ id: String, _ topic: String, _ data: JSONValue) async throws -> TopicPosition {
    guard publishers[id] == nil else { throw MusterError(reason: "id_in_use") }
    return try await withCheckedThrowingContinuation { continuation in
      publishers[id] = continuation
      machine.publish(id, topic, data, now)
      perform()
    }
  }

  func ask(_ frame: JSONObject) async throws -> JSONValue {
    guard let number = machine.ask(frame, now) else { throw MusterError.disconnected }
    return try await withCheckedThrowingContinuation { continuation in
      callers[number] = continuation
      perform()
    }
  }
}

// Effects.
extension ClientCore {
  private func perform() {
    // An event that an effect causes at once (a line that breaks while sending) is done by the outer call.
    guard !isPerforming else { return }
    isPerforming = true
    while true {
      let effects = machine.takeEffects()
      if effects.isEmpty { break }
      for effect in effects { perform(effect) }
    }
    isPerforming = false
    setTimer()
  }

  private func perform(_ effect: ClientMachine.Effect) {
    switch effect {
    case .askToken(let expired): askToken(expired)
    case .open: open()
    case .send(let frame): transport?.send(frame.encoded())
    case .close(let code): close(code)
    case .tell(let topic, let item): news[topic]?.yield(item)
    case .fallSilent(let topic): news.removeValue(forKey: topic)?.finish()
    case .published(let id, let outcome):
      publishers.removeValue(forKey: id)?.resume(with: outcome.mapError { $0 as any Error })
    case .answered(let number, let outcome):
      callers.removeValue(forKey: number)?.resume(with: outcome.mapError { $0 as any Error })
    case .report(let state): report(state)
    }
  }

  private func close(_ code: CloseCode) {
    attempt += 1
    transport?.close(code)
    transport = nil
  }

  private func askToken(_ expired: Bool) {
    guard let token else {
      machine.tokenReady(.success(nil), now)
      return
    }
    Task {
      let outcome: Result<String?, MusterError>
      do {
        outcome = .success(try await token(expired))
      } catch {
        outcome = .failure(MusterError(reason: "no_token", message: "\(error)"))
      }
      machine.tokenReady(outcome, now)
      perform()
    }
  }

  private func open() {
    attempt += 1
    let attempt = attempt
    let endpoint = url.endpoint
    Task {
      let addresses = (try? await ClientCore.resolve(endpoint)) ?? []
      guard attempt == self.attempt else { return }
      connect(to: addresses[...], attempt)
    }
  }

  /// Resolvers may block for seconds.
  @concurrent private static func resolve(_ endpoint: Endpoint) async throws -> [PeerAddress] {
    try endpoint.resolve()
  }

  /// Tries the addresses one after another, as far as they fail at once.
  private func connect(to addresses: ArraySlice<PeerAddress>, _ attempt: Int) {
    guard let address = addresses.first else { return happened(.ended(.abnormal), attempt) }
    do {
      let tls = try tlsContext.map { context in
        try TLSConnection(connecting: context, to: endpointHost)
      }
      var hasOpened = false
      transport = try Transport(
        to: address, tls: tls, handshake: handshake, on: loop
      ) { [weak self] happening in
        self?.assumeIsolated { core in
          if case .opened = happening { hasOpened = true }
          if case .ended = happening, !hasOpened, addresses.count > 1, core.attempt == attempt {
            return core.connect(to: addresses.dropFirst(), attempt)
          }
          core.happened(happening, attempt)
        }
      }
    } catch {
      connect(to: addresses.dropFirst(), attempt)
    }
  }

  private var endpointHost: String { url.endpoint.host }

  private var handshake: ClientHandshake {
    ClientHandshake(
      host: url.host, path: url.path, subprotocols: ["muster.v2"],
      offersCompression: options.offersCompression, headers: options.headers)
  }

  private func happened(_ happening: Transport.Happening, _ attempt: Int) {
    guard attempt == self.attempt else { return }
    switch happening {
    case .opened: machine.opened(now)
    case .ended(let code):
      transport = nil
      machine.ended(code, now)
    case .text(let bytes):
      // A frame that is no JSON is not of this protocol; a later version may know why it is sent.
      guard let frame = try? JSONValue(parsing: bytes, limits: ClientCore.limits) else { return }
      machine.received(frame, now)
    }
    perform()
  }

  private static let limits = JSONLimits(
    bytes: 64 << 20, depth: 64, values: 10_000_000, lastDuplicateWins: true)

  /// One timer, at the machine's next moment; one that is early does no harm.
  private func setTimer() {
    guard let deadline = machine.nextDeadline else { return }
    if let timer, timer.deadline <= deadline { return }
    if let timer { loop.cancel(timer.timer) }
    let delay = Duration.milliseconds(max(deadline - now, 0))
    let new = loop.schedule(after: delay) { [weak self] in
      self?.assumeIsolated { core in
        core.timer = nil
        core.machine.tick(core.now)
        core.perform()
      }
    }
    timer = (new, deadline)
  }
}
