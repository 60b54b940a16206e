import Glibc
import JSON
import Rig

/// A browser without a window, with a profile of its own.
@BrowserThread final class Chromium {
  /// Where Debian puts it, and others.
  nonisolated static let path: String? = [
    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  ].first { access($0, X_OK) == 0 }

  // Hidden and covered pages draw and tick slowly; here every page counts as seen.
  private static let flags = [
    "--headless=new", "--no-sandbox", "--remote-debugging-port=0", "--ignore-certificate-errors",
    "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions",
    "--disable-background-networking", "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
    "--hide-scrollbars", "--lang=en-US",
  ]

  private let profile: FreshFolder
  private let process: ChildProcess
  let tools: DevTools

  init() throws {
    guard let path = Chromium.path else { throw Fault("there is no chromium") }
    profile = try FreshFolder()
    process = try ChildProcess(
      path, Chromium.flags + ["--user-data-dir=\(profile.path)", "about:blank"])
    tools = try Chromium.connect(profile)
  }

  /// The browser writes its port and the path of its line once it listens.
  private static func connect(_ profile: FreshFolder) throws -> DevTools {
    let deadline = Deadline(30)
    while !deadline.hasPassed {
      let lines = (TextFile.read("\(profile.path)/DevToolsActivePort") ?? "").split(separator: "\n")
      if lines.count == 2, let port = UInt16(lines[0]) {
        return try DevTools(port: port, path: String(lines[1]))
      }
      usleep(20_000)
    }
    throw Fault("chromium does not start")
  }

  /// A page of a person who shares neither cookies nor storage with the others.
  func newPage(_ origin: String) throws -> Page {
    let context = try tools.call("Target.createBrowserContext")["browserContextId"] ?? nil
    let target = try tools.call(
      "Target.createTarget",
      ["url": "about:blank", "browserContextId": context, "newWindow": true])["targetId"]
    let session = try tools.call(
      "Target.attachToTarget", ["targetId": target ?? nil, "flatten": true])["sessionId"]
    guard let session = session?.string else { throw Fault("no session with a page") }
    return try Page(tools, session: session, context: context, origin: origin)
  }

  func stop() {
    // It ends by itself then, with all its processes and nothing left in the profile.
    _ = try? tools.call("Browser.close")
    process.stop()
  }
}
