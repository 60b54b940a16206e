internal import Glibc
internal import Rig

/// Rounds against one server, until the time is over or something is found.
@MainActor
struct Campaign {
  private let options: Options

  init(_ options: Options) { self.options = options }

  /// What the process returns: 0 if nothing was found.
  func run() async -> Int32 {
    let server: FuzzedServer
    do { server = try FuzzedServer(options.server) } catch {
      say("the server does not start: \(error)")
      return 1
    }
    var seed = options.seed
    say("seed \(seed)")
    do {
      let end = Deadline(Double(options.seconds))
      let calls = Call.all(in: try await server.document())
      var tokens: [String] = []
      for account in Account.all { tokens.append(try await server.token(of: account)) }
      var count = 0
      while count < options.rounds, count == 0 || !end.hasPassed {
        seed = options.seed &+ UInt64(count)
        try await play(server, calls, seed, &tokens)
        count += 1
      }
      let code = try server.stop()
      try Inspection(server).checkLog()
      guard code == 0 else { throw Fault("the server ended with \(code)") }
      say("\(count) rounds of \(options.steps) steps are fine")
      return 0
    } catch {
      tell(error, server, seed)
      return 1
    }
  }

  private func play(
    _ server: FuzzedServer, _ calls: [Call], _ seed: UInt64, _ tokens: inout [String]
  ) async throws {
    let inspection = Inspection(server)
    var round = Round(server, calls, seed: seed, tokens: tokens)
    do { try await round.run(steps: options.steps) } catch {
      // What ended the server says more than a line that broke.
      try inspection.checkProcess()
      throw error
    }
    try await inspection.run(&tokens)
    say("round \(seed): fine, \(server.memory >> 20) MiB")
  }

  private func tell(_ error: any Error, _ server: FuzzedServer, _ seed: UInt64) {
    say(String(server.log.suffix(12_000)))
    say("error: \(error)")
    say("Again: --seed \(seed), or all of it: --seed \(options.seed)")
  }

  /// At once, whatever stands behind the standard output.
  private func say(_ text: String) {
    print(text)
    fflush(nil)
  }
}
