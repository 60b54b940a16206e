import Loop

// The runs, from the first connection to the result.
extension Generator {
  /// Does what the options say; throws a `RunError` when anything was not as it should be.
  func run() async throws -> Outcome {
    defer { closeAll() }
    let outcome =
      switch options.scenario {
      case .echo, .fanout: try await load()
      case .connect: try await connect()
      case .idle: try await idle()
      case .lab: preconditionFailure("the lab has a run of its own")
      case .storm: try await weather()
      }
    if tally.damaged > 0 {
      throw RunError("\(target.name): \(tally.damaged) messages were damaged or out of order")
    }
    return outcome
  }

  private func load() async throws -> Outcome {
    try await open(options.connections + (options.scenario == .fanout ? options.publishers : 0))
    // The server's remaining work for newcomers is no part of the load.
    await rest(0.2)
    beginLoad()
    return try await measure()
  }

  private func connect() async throws -> Outcome {
    isLoading = true
    wanted = options.connections
    for index in 0..<wanted {
      clients.append(nil)
      openClient(index)
    }
    return try await measure()
  }

  /// Opens clients until there are `count`, and waits for all of them.
  func open(_ count: Int) async throws {
    wanted = count
    openMore()
    if ready < wanted { await rest(120) }
    if ready < wanted { fail("\(target.name): only \(ready) of \(wanted) clients became ready") }
    try check()
  }

  func check() throws {
    if let failure { throw RunError(failure) }
  }

  private func measure() async throws -> Outcome {
    await rest(options.warmUp)
    let began = (loop.time.monotonic, figures()?.processorTime)
    tally.isMeasuring = true
    await rest(options.seconds)
    tally.isMeasuring = false
    try check()
    guard tally.messages > 0 else { throw RunError("\(target.name): nothing came back") }
    let ended = figures()
    var outcome = Outcome(name: target.name, scenario: options.scenario)
    outcome.messages = tally.messages
    outcome.seconds = Double(loop.time.monotonic - began.0) / 1e9
    outcome.latency = tally.latency
    outcome.bytes = tally.bytes
    outcome.resumed = tally.resumed
    outcome.memory = ended?.memory
    if let before = began.1, let after = ended?.processorTime {
      outcome.processorSeconds = Double(after - before) / 1e9
    }
    return outcome
  }

  /// Opens half of the connections, then the other half: what those cost is no start-up cost.
  private func idle() async throws -> Outcome {
    var outcome = Outcome(name: target.name, scenario: .idle)
    let half = options.connections / 2
    try await open(half)
    await rest(1)
    let first = figures()
    try await open(options.connections)
    await rest(1)
    let full = figures()
    await rest(options.seconds)
    try check()
    outcome.seconds = options.seconds
    outcome.messages = options.connections
    if let first, let full, let last = figures() {
      outcome.memory = last.memory
      outcome.bytesPerConnection = (full.memory - first.memory) / (options.connections - half)
      outcome.processorSeconds = Double(last.processorTime - full.processorTime) / 1e9
    }
    return outcome
  }

  private func figures() -> ProcessFigures? {
    target.process.flatMap { ProcessFigures(of: $0) }
  }
}

/// Why a run has no result.
struct RunError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
