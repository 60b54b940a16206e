import Glibc
import Loop
import Rig
import Testing

extension Trials {
  /// The service manager owns the listening socket, as with `muster.socket`.
  @Suite struct ActivationTests {
    @Test(.timeLimit(.minutes(2)))
    func `a restart refuses no connection to a socket of the service manager`() async throws {
      let manager = try SocketManager()
      try await manager.start()
      let visits = Task {
        var answered = 0
        while !Task.isCancelled {
          let wire = try await Wire.connect(manager.address)
          let reply = try await wire.call("GET", "/health")
          #expect(reply.status == 200)
          answered += 1
          await wire.drop()
        }
        return answered
      }
      for _ in 0..<3 {
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await manager.stop() == 0)
        // Only the manager listens now.
        try await Task.sleep(for: .milliseconds(300))
        try await manager.start()
      }
      try await Task.sleep(for: .milliseconds(300))
      visits.cancel()
      #expect(try await visits.value >= 7)
      await manager.end()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a socket at an address that listen does not name ends the start with 78`() async throws {
      let manager = try SocketManager()
      try await manager.launch(listen: "127.0.0.1:0")
      #expect(try await manager.result() == 78)
      #expect(await manager.log.contains("no entry of listen has this address"))
      await manager.end()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a descriptor that does not listen ends the start with 78`() async throws {
      let manager = try SocketManager(listens: false)
      try await manager.launch()
      #expect(try await manager.result() == 78)
      #expect(await manager.log.contains("no socket that listens"))
      await manager.end()
    }
  }
}

/// A service manager with one socket, which hands it to each server that it starts.
private actor SocketManager {
  nonisolated let address: PeerAddress
  private let folder: FreshFolder
  private let socket: Int32
  private nonisolated let thread = BlockingThread(name: "trial-manager")
  private var child: ChildProcess?

  // Starting and stopping block.
  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(listens: Bool = true) throws {
    folder = try FreshFolder()
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = socket
    let status = withUnsafeMutablePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
        bind(descriptor, place, size) == 0 && getsockname(descriptor, place, &size) == 0
      }
    }
    guard status, !listens || listen(socket, 512) == 0 else { throw Fault("no socket") }
    address = PeerAddress(.loopbackV4, port: UInt16(bigEndian: place.sin_port))
  }

  /// Begins to start; the server finds the socket at descriptor 3.
  func launch(listen: String? = nil) throws {
    let arguments = [
      RealServer.program, "serve", "--listen", listen ?? "\(address)", "--data", folder.path,
      "--workers", "3", "--set", "internal.listen=", "--set", "drain=1s",
    ]
    child = try ChildProcess(
      "bash",
      [
        "-c", "exec 3<&\(socket); LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"", "bash",
      ] + arguments, errors: "\(folder.path)/log")
  }

  func start() throws {
    try launch()
    _ = try child?.line(after: "is up: https://localhost:", within: 60)
  }

  func stop() throws -> Int32? {
    if let process = child?.process { Glibc.kill(process, SIGTERM) }
    return try result()
  }

  func result() throws -> Int32? {
    defer { child = nil }
    return try child?.result(within: 30)
  }

  var log: String { TextFile.read("\(folder.path)/log") ?? "" }

  func end() {
    child?.stop()
    child = nil
    close(socket)
    thread.stop()
  }
}
