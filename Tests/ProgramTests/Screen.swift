import CommandLineKit
import Glibc
import Loop
import PluginKit
import Primitives

@testable import MusterServer

/// Runs commands in a fresh folder and keeps what they write.
final class Screen: Sendable {
  private struct State {
    var output = ""
    var errors = ""
    var secrets: [String] = []
  }

  let folder: String
  private let state = Locked(State())

  init() {
    var template = Array("\(Screen.temporary)/muster-XXXXXX".utf8CString)
    folder = template.withUnsafeMutableBufferPointer { room in
      mkdtemp(room.baseAddress!)
      return String(cString: room.baseAddress!)
    }
  }

  private static var temporary: String {
    getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  }

  /// What the next questions for a password are answered with.
  func willType(_ secrets: String...) { state.withLock { $0.secrets = secrets } }

  /// Writes a file into the folder and returns its path.
  func file(_ name: String, _ text: String) -> String {
    let path = "\(folder)/\(name)"
    guard let file = fopen(path, "w") else { return path }
    fputs(text, file)
    fclose(file)
    return path
  }

  var output: String { state.withLock { $0.output } }
  var errors: String { state.withLock { $0.errors } }

  /// Runs a command on the database of this folder; what earlier ones wrote is forgotten.
  func run(
    _ words: String..., environment: [String: String] = [:],
    plugins: [any Plugin.Type] = Program.standardPlugins
  ) async -> Int32 {
    await run(words, environment: environment, plugins: plugins)
  }

  func run(
    _ words: [String], environment: [String: String] = [:],
    plugins: [any Plugin.Type] = Program.standardPlugins
  ) async -> Int32 {
    state.withLock {
      $0.output = ""
      $0.errors = ""
    }
    return await program(environment, plugins).run(words).rawValue
  }

  private func program(
    _ environment: [String: String] = [:],
    _ plugins: [any Plugin.Type] = Program.standardPlugins
  ) -> Program {
    let console = Console(
      write: { [state] text in state.withLock { $0.output += text } },
      writeError: { [state] text in state.withLock { $0.errors += text } },
      readSecret: { [state] _ in
        state.withLock { $0.secrets.isEmpty ? nil : $0.secrets.removeFirst() }
      })
    var environment = environment
    environment["MUSTER_DATA"] = "\(folder)/data"
    return Program(console: console, environment: environment, plugins: plugins)
  }

  /// A server that runs in this process.
  struct Server {
    let program: Program
    let call: Invocation
    let running: Running

    func reload() async { await program.reload(running, call) }
  }

  /// Starts a server on free ports, with its data in this folder, and stops it afterwards.
  func withServer(
    _ words: String..., body: (Server) async throws -> Void
  ) async throws {
    let ports = ["--listen", "127.0.0.1:0", "--set", "internal.listen="]
    guard case .run(let call) = try Command.muster.parse(["serve"] + words + ports) else { return }
    let program = program()
    let running = try await Running(program, call)
    try await running.start()
    do {
      try await body(Server(program: program, call: call, running: running))
      await running.stop()
    } catch {
      await running.stop()
      throw error
    }
  }
}
