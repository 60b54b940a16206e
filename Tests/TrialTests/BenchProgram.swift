import JSON
import Loop
import Rig

/// The load generator in a process of its own.
actor BenchProgram {
  private var child: ChildProcess?
  private let folder: FreshFolder
  private nonisolated let thread = BlockingThread(name: "trial-bench")

  // Waiting for it blocks.
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// `MUSTER_BENCH`, or what was built together with these tests.
  private static let program = RealServer.path(of: "muster-bench", or: "MUSTER_BENCH")

  private init() throws { folder = try FreshFolder() }

  static func start(_ arguments: String...) async throws -> BenchProgram {
    try await start(arguments)
  }

  static func start(_ arguments: [String]) async throws -> BenchProgram {
    let program = try BenchProgram()
    try await program.begin(arguments)
    return program
  }

  /// On our own thread: a child ends with the thread that has started it, and those of the shared
  /// pool come and go.
  private func begin(_ arguments: [String]) throws {
    child = try ChildProcess(BenchProgram.program, arguments, errors: "\(folder.path)/errors")
  }

  deinit { thread.stop() }

  /// What it has said beside its results.
  var remarks: String { TextFile.read("\(folder.path)/errors") ?? "" }

  /// Waits for its end: what it returned and printed.
  func result(within seconds: Double) throws -> (code: Int32, output: String) {
    guard let child else { throw Fault("it was not started") }
    let code = try child.result(within: seconds)
    return (code, child.said)
  }

  /// Waits for its results.
  func figures(within seconds: Double) throws -> JSONValue {
    let (code, output) = try result(within: seconds)
    guard code == 0 else { throw Fault("muster-bench returned \(code): \(remarks)") }
    return try JSONValue(parsing: Array(output.utf8))
  }
}
