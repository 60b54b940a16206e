import Bytes
import Loop
import Testing

/// Where the kernel forbids io_uring there is nothing to be tested: the server sends one by one.
private func withRing(_ body: (inout SendRing) throws -> Void) rethrows {
  guard var ring = SendRing.open(places: 8) else { return }
  try body(&ring)
}

private func received(_ socket: borrowing Socket) -> [UInt8] {
  var buffer = ByteBuffer()
  while case .bytes = socket.receive(into: &buffer, room: 64) {}
  return [UInt8](buffer)
}

@Suite struct `A send ring` {
  @Test func `is none where the kernel refuses it`() {
    // No kernel makes one without places.
    let ring = SendRing.open(places: 0)
    let isThere = ring != nil
    #expect(!isThere)
  }

  @Test func `gives each socket its own part, and says what was not taken`() throws {
    try withRing { ring in
      let first = try Socket.pair()
      let second = try Socket.pair()
      let gone = try Socket.pair()
      do { _ = consume gone.other }
      let parcels = [
        SendRing.Parcel(to: first.one, 0..<2), SendRing.Parcel(to: gone.one, 2..<3),
        SendRing.Parcel(to: second.one, 3..<6),
      ]
      let bytes: [UInt8] = [1, 2, 3, 4, 5, 6]
      let shortfalls = ring.send(parcels, of: bytes.span)
      let arrived = [received(first.other), received(second.other)]
      #expect(arrived == [[1, 2], [4, 5, 6]])
      #expect(shortfalls.map(\.parcel) == [1])
      guard case .failed(let fault)? = shortfalls.first?.outcome else {
        Issue.record("sent to nobody: \(shortfalls)")
        return
      }
      #expect(fault.isDisconnect)
      let isLost = ring.isLost
      #expect(!isLost)
    }
  }

  @Test func `never waits for a socket that takes nothing, or takes a part only`() throws {
    try withRing { ring in
      let full = try Socket.pair()
      let free = try Socket.pair()
      full.one.limitSendBuffer(to: 0)
      let block = [UInt8](repeating: 7, count: 1 << 16)
      var isRefused = false
      while !isRefused {
        let shortfalls = ring.send(
          [SendRing.Parcel(to: full.one, 0..<block.count), SendRing.Parcel(to: free.one, 0..<1)],
          of: block.span)
        #expect(shortfalls.map(\.parcel) == [0])
        isRefused = shortfalls.first?.outcome == .wouldBlock
      }
    }
  }

  @Test func `is used again and again`() throws {
    try withRing { ring in
      let pair = try Socket.pair()
      for round in 0..<100 {
        let bytes = [UInt8](repeating: UInt8(round), count: 8)
        let parcels = (0..<8).map { SendRing.Parcel(to: pair.one, $0..<$0 + 1) }
        let shortfalls = ring.send(parcels, of: bytes.span)
        #expect(shortfalls.isEmpty)
        let arrived = received(pair.other)
        #expect(arrived == bytes)
      }
      let shortfalls = ring.send([], of: [UInt8]().span)
      #expect(shortfalls.isEmpty)
    }
  }
}
