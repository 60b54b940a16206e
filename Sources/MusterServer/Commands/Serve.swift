internal import AccountStore
internal import CommandLineKit
internal import Configuration
internal import Glibc
internal import HubCore
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit
internal import TLS
internal import WebSocket

// The command that runs the server, from the banner to the last line of the log.
extension Program {
  func serve(_ call: Invocation) async throws -> ExitCode {
    Signals.ignoreBrokenPipes()
    Signals.ignoreFileLimits()
    raiseDescriptorLimit()
    let running = try await Running(self, call)
    let signals = AsyncStream.makeStream(of: Signal.self)
    let loop = EventLoop()
    loop.start(name: "muster-signals")
    try Signals.deliver(on: loop) { signals.continuation.yield($0) }
    try await running.start()
    running.logStart()
    if running.isRead { greet(running) } else { running.tellFirstPassword(console) }
    await running.warnWithoutAdmin()
    for warning in warnings(of: running.configuration) {
      running.log.warning(warning.sentence, ["remedy": warning.remedy ?? ""])
    }
    Supervisor.notify("READY=1")
    let watchdog = Supervisor.startWatchdog()
    for await signal in signals.stream {
      switch signal {
      case .hangUp: await reload(running, call)
      case .user1: continue
      case .interrupt, .terminate:
        return await end(running, signals.stream, watchdog)
      }
    }
    return .success
  }

  /// Sends everybody away, then stops. A second signal does not wait for anybody.
  private func end(
    _ running: Running, _ signals: AsyncStream<Signal>, _ watchdog: Task<Void, Never>?
  ) async -> ExitCode {
    Supervisor.notify("STOPPING=1")
    running.log.info("stopping")
    if running.isRead { console.printError("muster: stopping; once more stops at once") }
    let impatience = Task {
      for await signal in signals where signal == .interrupt || signal == .terminate { _exit(1) }
    }
    let seconds = running.configuration[Keys.drain].inSeconds
    await running.server.drain(seconds: max(seconds, 1))
    await running.stop()
    impatience.cancel()
    watchdog?.cancel()
    if running.isRead { console.printError("muster: stopped") }
    return .success
  }

  /// Takes up the changed configuration whole, or logs why it does not.
  func reload(_ running: Running, _ call: Invocation) async {
    do {
      let fresh = try checkedConfiguration(call)
      running.server.reload(
        limits: ServerLimits(fresh), origins: OriginRules(fresh), proxies: fresh.proxies)
      running.accounts.apply(
        account: .account(fresh), address: .address(fresh),
        loginsPerMinute: fresh[Keys.loginsPerAccount])
      running.accounts.apply(RegistrationRules(fresh))
      running.writer.setLevel(Log.Level(fresh[Keys.logLevel]))
      running.live.replace(with: fresh)
      let configured = fresh[Keys.certificates].map { CertificatePair($0) }
      await running.certificates.reload(configured.isEmpty ? running.pairs : configured)
      running.log.info("the configuration was reloaded")
      let late = fresh.changes(since: running.configuration).filter { !$0.isReloadable }
      guard !late.isEmpty else { return }
      running.log.warning(
        "some changes need a restart", ["keys": late.map(\.path).joined(separator: ", ")])
    } catch let error as ConfigurationError {
      for problem in error.problems {
        running.log.error("the new configuration was refused", ["reason": "\(problem)"])
      }
    } catch {
      running.log.error("the new configuration was refused", ["reason": sentence(of: error)])
    }
  }

  /// The banner: where to look, who may log in, how to stop.
  private func greet(_ running: Running) {
    let doors = running.server.addresses
    guard let main = doors.first?.first else { return }
    let host = main.isLoopback || main.isEverywhere ? "localhost" : "\(main.address)"
    let base = "https://\(host):\(main.port)"
    console.print("Muster \(Version.number) is up: \(base)")
    for (path, what) in Self.pages { console.print("  \(base)\(path)\t\(what)") }
    let others = doors.dropFirst().flatMap { $0 }.map { "\($0)" }
    if !others.isEmpty { console.print("  also on \(others.joined(separator: ", "))") }
    if running.configuration[Keys.demo] { tellDemo(running, main) }
    if let password = running.adminPassword {
      FirstPassword(password: password, folder: running.configuration[Keys.data])
        .tell(console, isTerminal: isatty(STDOUT_FILENO) == 1)
    }
    console.print("Ctrl-C stops it.")
  }

  private static var pages: [(String, String)] {
    [
      ("/", "what is here"), ("/dashboard", "who is in the lab"), ("/chat", "chat rooms"),
      ("/docs", "the calls and topics"), ("/admin", "for the staff"),
    ]
  }

  private func tellDemo(_ running: Running, _ main: PeerAddress) {
    if main.isLoopback {
      console.print(
        "Example data; reachable from this machine only, because these logins are public:")
    } else {
      console.print(
        "Example data; these logins are public knowledge, and the server can be reached from outside:"
      )
    }
    let logins = DemoAccounts.people.filter(\.isActive).map { "\($0.login)/\($0.password)" }
    console.print("  " + logins.joined(separator: "  "))
    console.print("  tao's telephone number is 13800000003, admin's is 0")
  }

  /// Each connection takes a descriptor.
  private func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}

extension PeerAddress {
  fileprivate var isEverywhere: Bool { address == .anyV4 || address == .anyV6 }
}

/// The service manager, if one started us.
enum Supervisor {
  /// Tells systemd, by the datagram socket that it names, how we are.
  static func notify(_ state: String) {
    guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), !path.isEmpty else {
      return
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    // An abstract socket is written with an at sign for the zero byte.
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, state, state.utf8.count, 0, $0, length)
      }
    }
  }

  /// Tells systemd twice per period that we are alive.
  static func startWatchdog() -> Task<Void, Never>? {
    guard let text = getenv("WATCHDOG_USEC"), let period = Int(String(cString: text)) else {
      return nil
    }
    return Task {
      while !Task.isCancelled {
        notify("WATCHDOG=1")
        try? await Task.sleep(for: .microseconds(period / 2))
      }
    }
  }
}
