import Bytes
import Testing

@testable import TLS

/// What only a peer with the keys and bad intentions can send.
@Suite struct `The own record layer` {
  let certificates = TestCertificates()

  private func link() throws -> Link {
    try Setup(server: true, client: true).settled(certificates)
  }

  /// Seals records as the client would, and hands them to the server.
  private func forge(_ link: Link, _ records: [(UInt8, [UInt8])]) -> TLSError? {
    for (type, content) in records {
      link.client.records?.sealControl(type, content, &link.toServer)
    }
    return failure { try link.deliverToServer() }
  }

  /// The alert that the server answered with, as the client's own layer reads it.
  private func answer(_ link: Link) -> String? {
    failure { try link.deliverToClient() }?.detail
  }

  static let forgeries: [(String, [(UInt8, [UInt8])], Int)] = [
    ("an unknown type", [(24, [1])], 10),
    ("a change of cipher inside", [(20, [1])], 10),
    ("an empty handshake record", [(22, [])], 10),
    ("a client's Finished", [(22, [20, 0, 0, 1, 0])], 10),
    ("a ticket from a client", [(22, [4, 0, 0, 1, 0])], 10),
    ("a key update of two bytes", [(22, [24, 0, 0, 2, 0, 0])], 50),
    ("a key update of another kind", [(22, [24, 0, 0, 1, 2])], 50),
    ("bytes behind a key update", [(22, [24, 0, 0, 1, 0, 24])], 10),
    ("data inside a message", [(22, [24, 0]), (23, [1])], 10),
    ("an alert inside a message", [(22, [24, 0]), (21, [1, 0])], 50),
    ("an alert of one byte", [(21, [1])], 50),
    ("an alert of three bytes", [(21, [1, 0, 0])], 50),
    ("too much in a record", [(23, [UInt8](repeating: 1, count: 16_385))], 22),
  ]

  @Test(arguments: forgeries.indices)
  func `answers a violation with the right alert`(_ index: Int) throws {
    let (what, records, alert) = Self.forgeries[index]
    let link = try link()
    #expect(forge(link, records)?.code == .protocolViolation, "\(what)")
    #expect(answer(link) == "the peer sent alert \(alert)", "\(what)")
    #expect(link.takeAtServer().isEmpty)
  }

  @Test func `refuses a record that is all padding`() throws {
    let link = try link()
    #expect(forge(link, [(0, [0, 0, 0])])?.detail == "a record without a type")
  }

  @Test func `strips padding of any length`() throws {
    let link = try link()
    for zeros in [0, 1, 100, 16_000] {
      // The forged "type" and the end of the forged content are the padding.
      let content = Array("abc".utf8) + [23] + [UInt8](repeating: 0, count: zeros)
      #expect(forge(link, [(0, content)]) == nil)
      #expect(link.takeAtServer() == Array("abc".utf8))
    }
  }

  @Test(
    arguments: [
      ([20, 3, 3, 0, 1, 1], 10), ([21, 3, 3, 0, 2, 1, 0], 10), ([22, 3, 3, 0, 1, 0], 10),
      ([23, 3, 3, 0x41, 0x01], 22), ([23, 3, 3, 0, 16], 20), ([23, 3, 3, 0, 0], 20),
    ] as [([UInt8], Int)])
  func `judges a record by its header before its bytes have come`(
    _ bytes: [UInt8], _ alert: Int
  ) throws {
    for step in [1, 100] {
      let link = try link()
      link.injectToServer(bytes.prefix(5))
      let error = failure { try link.deliverToServer(step) }
      #expect([.protocolViolation, .badRecord].contains(error?.code))
      #expect(answer(link) == "the peer sent alert \(alert)")
    }
  }

  @Test func `takes the longest record there may be`() throws {
    let link = try link()
    let content = pattern(16_384)
    #expect(forge(link, [(23, content)]) == nil)
    #expect(link.takeAtServer() == content)
  }

  @Test func `bears a few records without content, and not more`() throws {
    let link = try link()
    let none: (UInt8, [UInt8]) = (23, [])
    #expect(forge(link, Array(repeating: none, count: 32)) == nil)
    #expect(forge(link, [(23, [1])]) == nil)
    #expect(forge(link, Array(repeating: none, count: 32)) == nil)
    #expect(forge(link, [none])?.code == .protocolViolation)
  }

  @Test func `bears a few key updates in a row, and not more`() throws {
    let link = try link()
    for _ in 0..<32 { try link.client.updateKey(askingPeer: true, into: &link.toServer) }
    #expect(failure { try link.deliverToServer() } == nil)
    // One answer for all of them.
    #expect(link.toClient.count == 5 + 5 + 1 + 16)
    try link.deliverToClient()
    try link.client.updateKey(askingPeer: true, into: &link.toServer)
    #expect(failure { try link.deliverToServer() }?.code == .protocolViolation)
  }

  @Test func `takes a key update in pieces`() throws {
    let link = try link()
    #expect(forge(link, [(22, [24]), (22, [0, 0]), (22, [1])]) == nil)
    #expect(forge(link, [(22, [0])]) == nil)
    link.client.records?.outgoing.advance()
    #expect(forge(link, [(23, [7])]) == nil)
    #expect(link.takeAtServer() == [7])
  }

  @Test func `a client skips tickets of any length, also in pieces`() throws {
    let link = try link()
    let ticket: [UInt8] = [4, 0, 0x40, 0] + pattern(0x4000)
    for piece in [ticket[..<3], ticket[3..<900], ticket[900...]] {
      link.server.records?.sealControl(22, Array(piece), &link.toClient)
    }
    try link.sendToClient([9])
    try link.deliverToClient()
    #expect(link.takeAtClient() == [9])
  }

  @Test func `a client refuses a ticket of absurd length and a late request`() throws {
    for message: [UInt8] in [[4, 0xFF, 0xFF, 0xFF], [13, 0, 0, 3], [4, 0, 0, 0]] {
      let link = try link()
      link.server.records?.sealControl(22, message, &link.toClient)
      #expect(failure { try link.deliverToClient() }?.code == .protocolViolation)
    }
  }

  @Test func `a fatal alert ends it without an answer`() throws {
    let link = try link()
    #expect(forge(link, [(21, [2, 40])]) == TLSError(.peerAlert, "the peer sent alert 40"))
    #expect(link.interceptToClient().isEmpty)
  }

  @Test func `a cancelled peer still says goodbye`() throws {
    let link = try link()
    #expect(forge(link, [(21, [1, 90])]) == nil)
    link.client.closeNotify(into: &link.toServer)
    #expect(try link.deliverToServer() == .closed)
  }

  @Test func `survives anything that a peer with the keys can say`() throws {
    var dice = Dice(seed: 20_261_121)
    let contexts = try Setup(server: true, client: true).contexts(certificates)
    for _ in 0..<300 {
      let link = try Setup(server: true, client: true).settled(contexts)
      for _ in 0..<6 {
        let types: [UInt8] = [0, 20, 21, 22, 22, 23, 24]
        let type = types.randomElement(using: &dice) ?? 22
        let kinds: [UInt8] = [0, 1, 2, 4, 20, 24, 90, 255]
        let content = (0..<Int.random(in: 0...9, using: &dice)).map { _ in
          kinds.randomElement(using: &dice) ?? 0
        }
        link.client.records?.sealControl(type, content, &link.toServer)
      }
      let error = failure { try link.deliverToServer(Int.random(in: 1...40, using: &dice)) }
      // Either all went well, or the peer was told why not (unless it gave up itself).
      if let error, error.code != .peerAlert, error.code != .closed {
        #expect(failure { try link.deliverToClient() }?.code == .peerAlert)
      }
    }
  }

  @Test func `keeps no memory for a connection at rest`() throws {
    let link = try link()
    try link.sendToServer(pattern(500))
    try link.settle(step: 7)
    #expect(link.server.records?.partialCapacity == 0)
  }
}

/// The same random numbers in every run (SplitMix64).
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
