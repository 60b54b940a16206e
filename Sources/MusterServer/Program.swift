internal import AccountStore
internal import CommandLineKit
internal import Configuration
internal import Glibc
public import PluginKit
internal import SQLiteStore
internal import Storage

/// The command line program: chooses a command and turns what goes wrong into a sentence and an
/// exit code, in one place.
public struct Program: Sendable {
  var console: Console
  let environment: [String: String]
  var plugins = Program.standardPlugins
  var clock: any WallClock = SystemClock()

  /// Does what the command line of this process says, on a server with these plugins, and ends the
  /// process with its exit code. This is all that the `main.swift` of a server needs.
  public static func main(_ plugins: [any Plugin.Type] = standardPlugins) async -> Never {
    // Scripts end our readers early: `muster account list | head`. The write fails then, which is
    // enough.
    signal(SIGPIPE, SIG_IGN)
    let program = Program(
      console: .standard, environment: processEnvironment, plugins: plugins)
    exit(await program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  func run(_ arguments: [String]) async -> ExitCode {
    do {
      switch try Command.muster.parse(arguments) {
      case .help(let text):
        console.write(text)
        return .success
      case .run(let call):
        let isCollected = call.path.first == "serve" && logFormat(call) == .json
        return await (isCollected ? speakingJSON : self).attempt(call)
      }
    } catch {
      return tell(error)
    }
  }

  private func attempt(_ call: Invocation) async -> ExitCode {
    do { return try await run(call) } catch { return tell(error) }
  }

  private func run(_ call: Invocation) async throws -> ExitCode {
    switch call.path.first {
    case "serve": return try await serve(call)
    case "check-config": return try checkConfiguration(call)
    case "print-config": return try printConfiguration(call)
    case "migrate": return try await migrate(call)
    case "account": return try await account(call)
    case "token": return try await token(call)
    case "publish": return try await publish(call)
    case "watch": return try await watch(call)
    case "backup": return try await backup(call)
    case "restore": return try await restore(call)
    case "doctor": return try await doctor(call)
    case "plugin": return try newPlugin(call)
    case "bench": return try bench(call)
    case "version": return version()
    default: preconditionFailure("a command in the table that nobody runs")
    }
  }

  private func version() -> ExitCode {
    console.print("muster \(Version.number)")
    return .success
  }

  /// One line per problem, and the exit code that stands for it.
  private func tell(_ error: any Error) -> ExitCode {
    switch error {
    case let error as UsageError:
      console.printError("muster: \(error.message)")
      console.printError("See: \((["muster"] + error.path + ["--help"]).joined(separator: " "))")
      return .usage
    case let error as ConfigurationError:
      for problem in error.problems { console.printError("muster: \(problem)") }
      return .configuration
    case let error as StoreError where error.code == .unavailable:
      console.printError("muster: \(sentence(of: error))")
      return .unavailable
    default:
      console.printError("muster: \(sentence(of: error))")
      return (error as? Failure)?.code ?? .failure
    }
  }

  static var processEnvironment: [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let parts = String(cString: entry).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      next += 1
    }
    return variables
  }
}

/// Why a command could not do its work, as a sentence for whoever typed it.
struct Failure: Error {
  let message: String
  let code: ExitCode

  init(_ message: String, _ code: ExitCode = .failure) {
    self.message = message
    self.code = code
  }
}

/// The clock of the machine.
struct SystemClock: WallClock {
  var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
