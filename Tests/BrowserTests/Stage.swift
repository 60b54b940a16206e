import Glibc
import Rig
import Testing

/// A server with the example data.
final class DemoServer {
  let port: UInt16
  private let data: FreshFolder
  private let settings: [String]
  private var process: ChildProcess

  /// - Parameter settings: `key=value`, as `--set` takes them.
  init(_ settings: [String] = []) throws {
    data = try FreshFolder()
    self.settings = settings
    (process, port) = try DemoServer.start(data, settings, port: 0)
  }

  private static func start(
    _ data: FreshFolder, _ settings: [String], port: UInt16
  ) throws -> (ChildProcess, UInt16) {
    let process = try ChildProcess(
      DemoServer.program,
      ["serve", "--demo", "--listen", "127.0.0.1:\(port)", "--data", data.path]
        + (["internal.listen=", "drain=0"] + settings).flatMap { ["--set", $0] })
    let address = try process.line(after: "is up: https://localhost:", within: 60)
    guard let port = UInt16(address) else { throw Fault("no port in \(address)") }
    return (process, port)
  }

  /// Comes up again at the same address with the same data, after `stop`.
  func restart() throws { process = try DemoServer.start(data, settings, port: port).0 }

  /// `MUSTER_BINARY`, or what was built together with these tests.
  private static var program: String {
    if let told = getenv("MUSTER_BINARY") { return String(cString: told) }
    let folder = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false)
    return (folder.dropLast() + ["muster"]).joined(separator: "/")
  }

  func stop() { process.stop() }
}

/// A server and a browser, for as long as the tests of the pages run.
@BrowserThread final class Stage {
  let browser: Chromium
  private let server: DemoServer
  var port: UInt16 { server.port }

  init() throws {
    server = try DemoServer()
    browser = try Chromium()
  }

  func stop() {
    browser.stop()
    server.stop()
  }

  /// A page of somebody new; through a cable, or from another server than the stage's own.
  func newPage(through cable: Cable? = nil, of other: DemoServer? = nil) throws -> Page {
    try browser.newPage("https://localhost:\(cable?.port ?? other?.port ?? port)")
  }
}

/// Sets the stage once for a suite and everything in it.
struct StageTrait: SuiteTrait, TestScoping {
  @concurrent func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let stage = try await Stage()
    do {
      try await InBrowser.$stage.withValue(stage) { try await function() }
    } catch {
      await stage.stop()
      throw error
    }
    await stage.stop()
  }
}

/// Everything that is seen by a real browser.
@Suite(
  .serialized, .enabled(if: Chromium.path != nil, "chromium is not installed"), StageTrait())
enum InBrowser {
  @TaskLocal static var stage: Stage?

  /// A page of somebody new; through a cable, or from another server than the stage's own.
  @BrowserThread static func newPage(
    through cable: Cable? = nil, of other: DemoServer? = nil
  ) throws -> Page {
    try #require(stage).newPage(through: cable, of: other)
  }

  /// A cable to the server.
  @BrowserThread static func newCable() throws -> Cable {
    try Cable(to: #require(stage).port)
  }
}
