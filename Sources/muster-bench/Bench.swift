import Glibc
import JSON
import Loop

/// The program: reads its arguments, measures, prints.
enum Bench {
  static func run(_ arguments: [String]) async -> Int32 {
    do {
      guard let options = try Options.parse(arguments) else {
        print(Options.help)
        return 0
      }
      raiseFileLimit()
      try await perform(options)
      return 0
    } catch let error as UsageError {
      complain(error.message)
      return 2
    } catch {
      complain("\(error)")
      return 1
    }
  }

  private static func perform(_ options: Options) async throws {
    if options.scenario == .lab {
      let outcome = try await lab(options.targets[0], options)
      return print(options.writesJSON ? text(.object(outcome.json)) : outcome.table)
    }
    guard options.isComparison else {
      let outcome = try await measure(options.targets[0], options)
      return print(options.writesJSON ? text(.object(outcome.json)) : outcome.table)
    }
    let comparison = try await compare(options)
    print(options.writesJSON ? text(comparison.json) : comparison.table)
  }

  /// Every other round goes backwards, so that nobody always comes behind the same one.
  private static func compare(_ options: Options) async throws -> Comparison {
    var comparison = Comparison(names: options.targets.map(\.name))
    for round in 0..<options.rounds {
      var outcomes: [Outcome] = []
      for target in round % 2 == 0 ? options.targets : options.targets.reversed() {
        outcomes.append(try await measure(target, options))
      }
      comparison.rounds.append(round % 2 == 0 ? outcomes : outcomes.reversed())
    }
    return comparison
  }

  private static func measure(_ target: Target, _ options: Options) async throws -> Outcome {
    let addresses = try Endpoint(host: target.host, port: target.port).resolve()
    let generator = try Generator(options, target, addresses[0])
    generator.loop.start(name: "bench", core: options.core, client: generator)
    defer {
      generator.loop.stop()
      generator.loop.join()
    }
    return try await generator.run()
  }

  private static func lab(_ target: Target, _ options: Options) async throws -> LabOutcome {
    let addresses = try Endpoint(host: target.host, port: target.port).resolve()
    let run = try LabRun(options, target, addresses[0])
    run.loop.start(name: "bench", core: options.core, client: run)
    defer {
      run.loop.stop()
      run.loop.join()
    }
    return try await run.run()
  }

  private static func text(_ value: JSONValue) -> String {
    String(decoding: value.encoded(), as: UTF8.self)
  }

  /// Says something that is no result.
  static func tell(_ sentence: String) { complain(sentence) }

  private static func complain(_ sentence: String) {
    let line = Array("muster-bench: \(sentence)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }

  /// One descriptor per client.
  private static func raiseFileLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
