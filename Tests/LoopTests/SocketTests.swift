import Bytes
import Loop
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A socket` {
  @Test func `carries bytes and then the end`() throws {
    let pair = try Socket.pair()
    var buffer = ByteBuffer()
    let nothing = pair.other.receive(into: &buffer, room: 16)
    let sent = pair.one.send([1, 2, 3])
    let received = pair.other.receive(into: &buffer, room: 16)
    let bytes = [UInt8](buffer)
    pair.one.finishSending()
    let end = pair.other.receive(into: &buffer, room: 16)
    #expect(nothing == .wouldBlock)
    #expect(sent == .bytes(3))
    #expect(received == .bytes(3))
    #expect(bytes == [1, 2, 3])
    #expect(end == .closed)
  }

  @Test func `stops taking bytes when nobody reads`() throws {
    let pair = try Socket.pair()
    pair.one.limitSendBuffer(to: 0)
    let block = [UInt8](repeating: 7, count: 4096)
    var outcome = Transfer.bytes(0)
    var total = 0
    while case .bytes(let count) = outcome {
      total += count
      outcome = pair.one.send(block)
    }
    #expect(outcome == .wouldBlock)
    #expect(total < 1 << 20)
  }

  @Test func `calls a broken connection an everyday event and not the end of the process`() throws {
    let pair = try Socket.pair()
    do { _ = consume pair.other }
    let outcome = pair.one.send([1])
    guard case .failed(let fault) = outcome else {
      Issue.record("sent to nobody: \(outcome)")
      return
    }
    #expect(fault.isDisconnect)
    #expect(fault.description == "Broken pipe")
  }

  @Test(arguments: ["127.0.0.1:0", "[::1]:0"])
  func `connects over loopback and is accepted`(address: String) async throws {
    let bench = Bench()
    defer { bench.end() }
    let listener = try Listener.open(Endpoint(address))[0]
    let client = try Socket.connect(to: listener.address)
    let outcome = await bench.recorder.untilWritable(client)
    #expect(outcome == nil)
    var accepted: [PeerAddress] = []
    let result = listener.accept(atMost: 8) { socket, peer in
      accepted.append(peer)
      #expect(socket.peerAddress == peer)
      #expect(socket.localAddress == listener.address)
    }
    let local = client.localAddress
    #expect(result == Listener.Acceptance(accepted: 1))
    #expect(accepted == [local])
    #expect(local.isLoopback)
  }

  @Test func `says that nobody listens`() async throws {
    let bench = Bench()
    defer { bench.end() }
    // Bound, but not listening: nobody else can have the port meanwhile.
    let holder = try Listener.open(Endpoint("127.0.0.1:0"))[0].address
    let client = try Socket.connect(to: holder)
    let outcome = await bench.recorder.untilWritable(client)
    #expect(outcome?.code == .refused)
  }

  @Test func `resets the connection when told to`() throws {
    let listener = try Listener.open(Endpoint("127.0.0.1:0"))[0]
    let client = try Socket.connect(to: listener.address)
    _ = listener.accept(atMost: 1) { socket, _ in socket.resetOnClose() }
    var buffer = ByteBuffer()
    let outcome = client.receive(into: &buffer, room: 1)
    guard case .failed(let fault) = outcome else {
      Issue.record("no reset: \(outcome)")
      return
    }
    #expect(fault.isDisconnect)
  }
}

extension Recorder {
  /// Waits on the loop until `socket` is connected or is not.
  fileprivate func untilWritable(_ socket: borrowing Socket) async -> LoopError? {
    let descriptor = socket.descriptor.rawValue
    await withCheckedContinuation { done in
      do {
        try loop.watch(descriptor, interest: .write) { [loop] watch, readiness in
          #expect(readiness.isWritable)
          loop.unwatch(watch)
          done.resume()
        }
      } catch {
        Issue.record(error)
        done.resume()
      }
    }
    do { try socket.finishConnecting() } catch { return error }
    return nil
  }
}
