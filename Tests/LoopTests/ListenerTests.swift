import Glibc
import Loop
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A listener` {
  @Test func `on port 0 knows its real port`() throws {
    let listener = try Listener.open(Endpoint("127.0.0.1:0"))[0]
    #expect(listener.address.port != 0)
    #expect(listener.address.address == .loopbackV4)
  }

  @Test func `on localhost has one port on every loopback address there is`() throws {
    let listeners = try Listener.open(Endpoint("localhost:0"))
    #expect(Set(listeners.map(\.address.port)).count == 1)
    #expect(listeners.count { $0.address.isLoopback } == listeners.count)
    #expect(listeners[0].address.address == .loopbackV4)
  }

  @Test func `everywhere takes IPv4 too, and gives it as IPv4`() throws {
    let listener = try Listener.open(Endpoint("*:0"))[0]
    let client = try Socket.connect(to: PeerAddress(.loopbackV4, port: listener.address.port))
    var peer: PeerAddress?
    _ = listener.accept(atMost: 1) { _, address in peer = address }
    #expect(peer == client.localAddress)
    #expect(peer?.address.isV4 == true)
  }

  @Test func `refuses an address that is taken, unless it is shared`() throws {
    let first = try Listener.open(Endpoint("127.0.0.1:0"))[0]
    let taken = Endpoint(host: "127.0.0.1", port: first.address.port)
    let error = #expect(throws: LoopError.self) { try Listener.open(taken) }
    #expect(error?.code == .addressInUse)
    #expect(error?.description == "cannot listen on \(taken): Address already in use")

    let shared = try Listener.open(Endpoint("127.0.0.1:0"), sharesPort: true)[0]
    let again = Endpoint(host: "127.0.0.1", port: shared.address.port)
    let second = try Listener.open(again, sharesPort: true)[0]
    #expect(second.address == shared.address)
  }

  @Test func `accepts no more than it is asked to`() throws {
    let listener = try Listener.open(Endpoint("127.0.0.1:0"))[0]
    let clients = try (0..<3).map { _ in try Client(listener.address) }
    let first = listener.accept(atMost: 2) { _, _ in }
    let second = listener.accept(atMost: 2) { _, _ in }
    #expect(first == Listener.Acceptance(accepted: 2, end: .limited))
    #expect(second == Listener.Acceptance(accepted: 1, end: .drained))
    _ = clients
  }

  @Test func `gives sockets that do not wait to fill a segment`() throws {
    let listener = try Listener.open(Endpoint("127.0.0.1:0"))[0]
    let client = try Client(listener.address)
    _ = listener.accept(atMost: 1) { socket, _ in
      var value: Int32 = 0
      var size = socklen_t(4)
      getsockopt(socket.descriptor.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &value, &size)
      #expect(value == 1)
    }
    _ = client
  }

  // In a process of its own: the limit holds for all tests that run beside this one.
  @Test func `refuses connections when there are no descriptors left, and recovers`() async {
    await #expect(processExitsWith: .success) {
      let listener = try Listener.open(Endpoint("127.0.0.1:0"))[0]
      let clients = try (0..<3).map { _ in try Client(listener.address) }
      let hoard = Hoard()
      let short = listener.accept(atMost: 8) { _, _ in }
      precondition(short == Listener.Acceptance(accepted: 0, refused: 3, end: .drained))
      var room: [UInt8] = [0]
      let ended = room.withUnsafeMutableBytes { clients[0].socket.receive(into: $0) }
      precondition(ended == .closed)
      hoard.release()
      let late = try Client(listener.address)
      let again = listener.accept(atMost: 8) { _, _ in }
      precondition(again == Listener.Acceptance(accepted: 1))
      _ = late
    }
  }

  @Test func `tells its loop who is waiting`() async throws {
    let bench = Bench()
    defer { bench.end() }
    let listener = try Listener.open(Endpoint("127.0.0.1:0"))[0]
    try await bench.recorder.run { me throws in try listener.register(on: me.loop, token: 4) }
    let client = try Client(listener.address)
    while await !bench.recorder.log.contains("ready 4") { await Task.yield() }
    await bench.recorder.run { me in
      listener.remove(from: me.loop)
      me.forget()
    }
    #expect(await bench.recorder.settled() == [])
    _ = client
  }
}

/// A connection that was opened from this side.
private final class Client: Sendable {
  let socket: Socket
  init(_ address: PeerAddress) throws { socket = try Socket.connect(to: address) }
}

/// Takes every descriptor that this process may have.
private final class Hoard {
  private var held: [Int32] = []

  init() {
    var limit = rlimit(rlim_cur: 64, rlim_max: 64)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    while true {
      let next = dup(0)
      if next < 0 { return }
      held.append(next)
    }
  }

  func release() {
    for descriptor in held { close(descriptor) }
    held = []
  }
}
