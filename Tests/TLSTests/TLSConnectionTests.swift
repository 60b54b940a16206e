import Bytes
import Testing

@testable import TLS

/// What must hold whoever carries the data: OpenSSL's records or our own.
@Suite struct `A TLS connection` {
  let certificates = TestCertificates()

  @Test(arguments: Setup.all)
  func `carries any amount of bytes both ways`(_ setup: Setup) throws {
    let link = try setup.settled(certificates)
    for count in [0, 1, 15, 16, 17, 130, 16_383, 16_384, 16_385, 100_000] {
      let bytes = pattern(count)
      try link.sendToServer(bytes)
      try link.sendToClient(bytes.reversed())
      try link.settle()
      #expect(link.takeAtServer() == bytes)
      #expect(link.takeAtClient() == bytes.reversed())
    }
  }

  @Test(arguments: Setup.all)
  func `works one byte at a time from the first to the last`(_ setup: Setup) throws {
    let link = try setup.link(certificates)
    try link.settle(step: 1)
    try link.require(setup)
    try link.sendToServer(pattern(300))
    try link.sendToClient(pattern(400))
    try link.settle(step: 1)
    #expect(link.takeAtServer() == pattern(300))
    #expect(link.takeAtClient() == pattern(400))
    link.client.closeNotify(into: &link.toServer)
    #expect(try link.deliverToServer(1) == .closed)
  }

  @Test(arguments: Setup.all)
  func `takes records that are cut anywhere`(_ setup: Setup) throws {
    let contexts = try setup.contexts(certificates)
    let link = try setup.settled(contexts)
    try link.sendToServer(pattern(20))
    try link.sendToServer(pattern(3))
    let length = link.interceptToServer().count
    for cut in 0...length {
      let fresh = try setup.settled(contexts)
      try fresh.sendToServer(pattern(20))
      try fresh.sendToServer(pattern(3))
      let wire = fresh.interceptToServer()
      fresh.injectToServer(wire[..<cut])
      try fresh.deliverToServer()
      fresh.injectToServer(wire[cut...])
      try fresh.deliverToServer()
      #expect(fresh.takeAtServer() == pattern(20) + pattern(3), "cut at \(cut)")
    }
  }

  @Test(arguments: Setup.all)
  func `says what it holds of input whose end has not come`(_ setup: Setup) throws {
    let link = try setup.link(certificates)
    let hello = link.interceptToServer()
    link.injectToServer(hello[..<100])
    try link.deliverToServer()
    #expect(link.server.inputMemory == 100)
    link.injectToServer(hello[100...])
    try link.settle()
    try link.require(setup)
    #expect(link.server.inputMemory == 0)
    try link.sendToServer(pattern(5000))
    let record = link.interceptToServer()
    link.injectToServer(record[..<3000])
    try link.deliverToServer()
    #expect((3000...17_000).contains(link.server.inputMemory))
    link.injectToServer(record[3000...])
    try link.deliverToServer()
    #expect(link.takeAtServer() == pattern(5000))
    #expect(link.server.inputMemory == 0)
  }

  @Test(arguments: Setup.all)
  func `takes many records at once`(_ setup: Setup) throws {
    let link = try setup.settled(certificates)
    var expected: [UInt8] = []
    for count in 1...200 {
      try link.sendToClient(pattern(count))
      expected += pattern(count)
    }
    try link.deliverToClient()
    #expect(link.takeAtClient() == expected)
  }

  @Test(arguments: Setup.all)
  func `takes data that comes right behind the handshake`(_ setup: Setup) throws {
    let link = try setup.link(certificates)
    while !link.client.isEstablished {
      try link.deliverToServer()
      try link.deliverToClient()
    }
    try link.sendToServer(pattern(50))
    try link.deliverToServer()
    #expect(link.isEstablished)
    #expect(link.takeAtServer() == pattern(50))
    try link.sendToClient(pattern(60))
    try link.settle()
    #expect(link.takeAtClient() == pattern(60))
  }

  @Test(arguments: Setup.all)
  func `refuses a record with any bit changed and says so`(_ setup: Setup) throws {
    let length = 5 + 8 + 30 + 16
    let contexts = try setup.contexts(certificates)
    for index in 0..<length {
      let link = try setup.settled(contexts)
      try link.sendToServer(pattern(30))
      var wire = link.interceptToServer()
      guard index < wire.count else { break }
      wire[index] ^= 1
      link.injectToServer(wire)
      let error = failure { try link.deliverToServer() }
      #expect(link.takeAtServer().isEmpty)
      // A longer length only means that more is awaited; everything else is seen at once.
      if index == 3 || (index == 4 && error == nil) { continue }
      #expect([.badRecord, .protocolViolation].contains(error?.code), "byte \(index)")
      #expect(failure { try link.deliverToServer() } == nil)
      // OpenSSL answers some damage with silence; our own records always say why.
      let told = failure { try link.deliverToClient() }
      #expect(told?.code == .peerAlert || (told == nil && !setup.server), "byte \(index)")
    }
  }

  @Test(arguments: Setup.all)
  func `refuses records that are repeated, left out or out of order`(_ setup: Setup) throws {
    for order in [[0, 0], [1], [1, 0], [0, 2]] {
      let link = try setup.settled(certificates)
      var records: [[UInt8]] = []
      for count in 1...3 {
        try link.sendToServer(pattern(count))
        records.append(link.interceptToServer())
      }
      link.injectToServer(order.flatMap { records[$0] })
      let error = failure { try link.deliverToServer() }
      #expect(error?.code == .badRecord, "\(order)")
      #expect(link.takeAtServer() == (order[0] == 0 ? pattern(1) : []))
    }
  }

  @Test(arguments: Setup.all)
  func `is over after a failure`(_ setup: Setup) throws {
    let link = try setup.settled(certificates)
    link.injectToServer([23, 3, 3, 0xFF, 0xFF, 0])
    #expect(failure { try link.deliverToServer() }?.code == .protocolViolation)
    link.injectToServer([1])
    #expect(failure { try link.deliverToServer() }?.code == .closed)
    #expect(failure { try link.sendToClient([1]) }?.code == .closed)
    let before = link.interceptToClient().count
    link.server.closeNotify(into: &link.toClient)
    #expect(before > 0 && link.interceptToClient().isEmpty)
  }

  @Test(arguments: Setup.all)
  func `leaves nothing behind that disturbs other connections`(_ setup: Setup) throws {
    let contexts = try setup.contexts(certificates)
    let healthy = try setup.settled(contexts)
    try healthy.sendToServer(pattern(100))
    let wire = healthy.interceptToServer()
    for cut in 1..<20 {
      let sick = try setup.settled(contexts)
      try sick.sendToServer(pattern(100))
      var damaged = sick.interceptToServer()
      damaged[damaged.count - cut] ^= 1
      sick.injectToServer(damaged)
      #expect(failure { try sick.deliverToServer() } != nil)
      // A stale error would turn "more, please" into the end of this one.
      healthy.injectToServer(wire[(cut - 1)..<cut])
      #expect(try healthy.deliverToServer() == .established)
    }
    healthy.injectToServer(wire[19...])
    try healthy.deliverToServer()
    #expect(healthy.takeAtServer() == pattern(100))
  }

  @Test(arguments: Setup.all)
  func `says goodbye once, in either direction`(_ setup: Setup) throws {
    let link = try setup.settled(certificates)
    try link.sendToServer(pattern(9))
    link.client.closeNotify(into: &link.toServer)
    let length = link.toServer.count
    link.client.closeNotify(into: &link.toServer)
    #expect(link.toServer.count == length)
    #expect(failure { try link.sendToServer([1]) }?.code == .closed)
    #expect(try link.deliverToServer() == .closed)
    #expect(link.takeAtServer() == pattern(9))
    // The other direction is still open (RFC 8446, 6.1).
    try link.sendToClient(pattern(4))
    link.server.closeNotify(into: &link.toClient)
    #expect(try link.deliverToClient() == .closed)
    #expect(link.takeAtClient() == pattern(4))
  }

  @Test(arguments: Setup.all)
  func `ignores what comes behind the goodbye`(_ setup: Setup) throws {
    let link = try setup.settled(certificates)
    link.client.closeNotify(into: &link.toServer)
    link.injectToServer([23, 3, 3, 0, 20] + pattern(20))
    #expect(try link.deliverToServer() == .closed)
    #expect(link.takeAtServer().isEmpty)
  }

  @Test(arguments: Setup.all)
  func `changes keys when asked, by either side, as often as wanted`(_ setup: Setup) throws {
    let link = try setup.settled(certificates)
    for round in 0..<10 {
      try link.client.updateKey(askingPeer: round % 2 == 0, into: &link.toServer)
      try link.sendToServer(pattern(round + 1))
      try link.settle(step: round == 3 ? 1 : .max)
      try link.server.updateKey(askingPeer: round % 3 == 0, into: &link.toClient)
      try link.sendToClient(pattern(round + 2))
      try link.settle()
      #expect(link.takeAtServer() == pattern(round + 1))
      #expect(link.takeAtClient() == pattern(round + 2))
    }
  }

  @Test(arguments: Setup.tls13)
  func `changes its key before it has protected too much`(_ setup: Setup) throws {
    let link = try setup.settled(certificates, recordLimit: 3)
    let large = pattern(40_000)
    for round in 1...8 {
      try link.sendToServer(pattern(round))
      try link.sendToClient(large)
      try link.settle()
      #expect(link.takeAtServer() == pattern(round))
      #expect(link.takeAtClient() == large)
      for sequence in [
        link.server.records?.outgoing.sequence, link.client.records?.outgoing.sequence,
      ] {
        if let sequence { #expect(sequence <= 3) }
      }
    }
  }

  @Test(arguments: [false, true])
  func `carries data over a resumed session`(_ own: Bool) throws {
    let pair = try certificates.make("a")
    var options = TLSOptions()
    options.ownsRecords = own
    options.collectsSessions = true
    let server = try TLSContext.server([pair], options: options)
    let client = try TLSContext.client(trusting: .anyone, options: options)
    var session: TLSSession?
    for round in 0..<4 {
      let link = try Link(server, client, resuming: session)
      try link.settle()
      #expect(link.serverFacts?.isResumed == (round > 0))
      #expect(link.server.ownsRecords == own)
      try link.sendToServer(pattern(100))
      try link.sendToClient(pattern(200))
      try link.settle()
      #expect(link.takeAtServer() == pattern(100) && link.takeAtClient() == pattern(200))
      session = link.session
      #expect(session != nil)
    }
  }

  @Test func `gives a client sessions only when it collects them`() throws {
    let link = try Setup(server: true, client: true).settled(certificates)
    #expect(link.session == nil)
  }

  @Test(arguments: Setup.all)
  func `sends nothing before the handshake is done`(_ setup: Setup) throws {
    let link = try setup.link(certificates)
    #expect(failure { try link.sendToServer([1]) }?.code == .notEstablished)
    #expect(failure { try link.sendToClient([1]) }?.code == .notEstablished)
    link.server.closeNotify(into: &link.toClient)
    #expect(link.interceptToClient().isEmpty)
  }

  @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "P", "OPTIONS * HTTP/1.1\r\n"])
  func `recognises plain HTTP by its first byte`(_ request: String) throws {
    let link = try Setup.all[0].link(certificates)
    _ = link.interceptToServer()
    link.injectToServer(request.utf8)
    #expect(failure { try link.deliverToServer() }?.code == .plainHTTP)
    #expect(link.interceptToClient().isEmpty && link.takeAtServer().isEmpty)
  }

  @Test func `refuses nonsense with an alert`() throws {
    let link = try Setup.all[1].link(certificates)
    _ = link.interceptToServer()
    link.injectToServer([22, 3, 1, 0, 4, 1, 0, 0, 200] + [UInt8](repeating: 7, count: 100))
    #expect(failure { try link.deliverToServer() }?.code == .handshake)
    #expect(link.interceptToClient().first == 21)
  }

  @Test(arguments: [false, true])
  func `survives any damage to a handshake`(_ own: Bool) throws {
    let pair = try certificates.make("a")
    var options = TLSOptions()
    options.ownsRecords = own
    let server = try TLSContext.server([pair], options: options)
    let client = try TLSContext.client(trusting: .anyone, options: options)
    let length = try Link(server, client).interceptToServer().count
    for index in stride(from: 0, to: length, by: 3) {
      let link = try Link(server, client)
      var hello = link.interceptToServer()
      hello[index] ^= 0x55
      link.injectToServer(hello)
      // Whether it goes on or fails is OpenSSL's choice; that it goes on living is the point.
      _ = failure { try link.settle() }
    }
    let healthy = try Link(server, client)
    try healthy.settle()
    #expect(healthy.isEstablished)
  }
}
