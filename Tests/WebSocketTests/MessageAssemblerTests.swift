import Bytes
import Testing
import WebSocket

@Suite struct `A message assembler` {
  @Test(arguments: MessageAssembler.testSteps)
  func `puts fragments together, with control frames between them`(step: Int) {
    let bytes =
      Wire.client(0x01, "Hel") + Wire.client(0x89, "one") + Wire.client(0x00, "")
      + Wire.client(0x8A, "") + Wire.client(0x80, "lo") + Wire.client(0x82, [1, 2])
      + Wire.client(0x02, []) + Wire.client(0x80, [3])
    let heard = Heard(bytes, step: step)
    #expect(heard.error == nil)
    #expect(
      heard.messages == [
        .init(kind: .ping, payload: Array("one".utf8)), .init(kind: .pong, payload: []),
        .text("Hello"), .init(kind: .binary, payload: [1, 2]), .init(kind: .binary, payload: [3]),
      ])
  }

  @Test func `leaves a message that has come whole where it is`() throws {
    var assembler = MessageAssembler(role: .server)
    var scratch = MessageScratch()
    var received = ByteBuffer()
    received.append(Wire.client(0x81, "first") + Wire.client(0x81, "second"))
    var position = 0
    for expected in ["first", "second"] {
      let incoming = try #require(
        try assembler.next(&received, at: &position, scratch: &scratch))
      let payload = scratch.payload(of: incoming, in: received.bytes)
      let isInPlace = received.bytes.indices(of: payload) != nil
      #expect(isInPlace)
      let text = payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      #expect(text == expected)
    }
  }

  @Test func `tells where it is in a message`() throws {
    var assembler = MessageAssembler(role: .server)
    var scratch = MessageScratch()
    var heard = Heard([])
    try heard.hear(Wire.client(0x01, "a"), &assembler, &scratch)
    let afterFirst = assembler.isInsideMessage
    try heard.hear(Wire.client(0x89, "p"), &assembler, &scratch)
    let afterPing = assembler.isInsideMessage
    try heard.hear(Wire.client(0x80, "b"), &assembler, &scratch)
    let afterLast = assembler.isInsideMessage
    #expect(afterFirst && afterPing && !afterLast)
    #expect(heard.messages.last == .text("ab"))
  }

  @Test func `refuses a conversation out of order`() {
    expectError(.nothingToContinue, Wire.client(0x80, "x"))
    expectError(.nothingToContinue, Wire.client(0x00, "x"))
    expectError(.messageUnfinished, Wire.client(0x01, "x") + Wire.client(0x81, "y"))
    expectError(.messageUnfinished, Wire.client(0x01, "") + Wire.client(0x02, "y"))
    expectError(
      .nothingToContinue, Wire.client(0x01, "x") + Wire.client(0x80, "y") + Wire.client(0x80, "z"))
  }

  @Test func `takes a message of exactly the limit, whole or in fragments`() {
    let limits = MessageLimits(message: 1000)
    let half = [UInt8](repeating: 65, count: 500)
    let good =
      Wire.client(0x81, half + half) + Wire.client(0x01, half) + Wire.client(0x80, half)
    for step in MessageAssembler.testSteps {
      #expect(Heard(good, step: step, limits: limits).messages.count == 2)
    }
    expectError(.messageTooBig, Wire.client(0x81, half + half + [65]), limits)
    expectError(.messageTooBig, Wire.client(0x01, half) + Wire.client(0x80, half + [65]), limits)
  }

  @Test func `refuses a message that is too long by its head alone`() {
    let limits = MessageLimits(message: 1000)
    expectError(.messageTooBig, [0x82, 0xFE, 0x03, 0xE9, 1, 2, 3, 4], limits)
    let longest: [UInt8] = [0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7) + [1, 2, 3, 4]
    expectError(.messageTooBig, longest, MessageLimits())
    expectError(.messageTooBig, Wire.client(0x02, [1]) + [0x80] + longest.dropFirst(), limits)
  }

  @Test func `is deaf after an error`() {
    var assembler = MessageAssembler(role: .server)
    var scratch = MessageScratch()
    var heard = Heard([])
    #expect(throws: WebSocketError(.reservedBits)) {
      try heard.hear(Wire.client(0xF1, "x"), &assembler, &scratch)
    }
    #expect(throws: Never.self) {
      try heard.hear(Wire.client(0x81, "y"), &assembler, &scratch)
    }
    #expect(heard.messages.isEmpty)
  }

  private func expectError(
    _ code: WebSocketError.Code, _ bytes: [UInt8], _ limits: MessageLimits = MessageLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for step in MessageAssembler.testSteps {
      #expect(
        Heard(bytes, step: step, limits: limits).error == code, sourceLocation: sourceLocation)
    }
  }
}

@Suite struct `An assembler of text` {
  static let texts = ["", "plain", "κόσμε", "签到😀", String(repeating: "课", count: 50)]
  static let broken: [[UInt8]] = [
    [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x41, 0xE4, 0x41],
  ]

  @Test(arguments: texts) func `takes UTF-8 cut anywhere, into fragments and portions`(text: String)
  {
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      let frames =
        Wire.client(0x01, Array(bytes[..<cut])) + Wire.client(0x80, Array(bytes[cut...]))
      for step in [Int.max, 1, 4] { #expect(Heard(frames, step: step).messages == [.text(text)]) }
    }
  }

  @Test(arguments: broken) func `refuses what is not UTF-8`(bytes: [UInt8]) {
    for step in MessageAssembler.testSteps {
      #expect(Heard(Wire.client(0x81, bytes), step: step).error == .badText)
      let frames = Wire.client(0x01, "ok") + Wire.client(0x80, bytes)
      #expect(Heard(frames, step: step).error == .badText)
    }
    #expect(Heard(Wire.client(0x82, bytes)).error == nil)
  }

  @Test(arguments: [[0xE4], [0xE4, 0xBD], [0xF0, 0x9F, 0x98]] as [[UInt8]])
  func `refuses a character that has not ended with its message`(bytes: [UInt8]) {
    for step in MessageAssembler.testSteps {
      #expect(Heard(Wire.client(0x81, bytes), step: step).error == .badText)
      let frames = Wire.client(0x01, bytes) + Wire.client(0x80, [])
      #expect(Heard(frames, step: step).error == .badText)
    }
  }

  @Test func `fails at the wrong byte, without the rest of the fragment or the frame`() {
    let fragment = Wire.client(0x01, [0x41, 0xF4, 0x90])
    #expect(Heard(fragment).error == .badText)
    let frame = Wire.client(0x81, [0x41, 0xF4, 0x90] + [UInt8](repeating: 0x41, count: 50))
    #expect(Heard(Array(frame.prefix(6 + 3))).error == .badText)
    #expect(Heard(Array(frame.prefix(6 + 2))).error == nil)
  }

  @Test func `begins each message anew`() {
    let frames =
      Wire.client(0x02, [0xE4]) + Wire.client(0x80, [0xBD]) + Wire.client(0x01, "a")
      + Wire.client(0x80, "b") + Wire.client(0x81, "c")
    #expect(Heard(frames).messages.suffix(2) == [.text("ab"), .text("c")])
  }
}

@Suite struct `An assembler of control frames` {
  @Test(arguments: MessageAssembler.testSteps)
  func `hears a close frame with code and reason, and nothing behind it`(step: Int) {
    let bytes = Wire.close(1001, "bye 👋") + Wire.client(0x81, "x") + Wire.client(0xFF, "y")
    let heard = Heard(bytes, step: step)
    #expect(
      heard.messages == [.init(kind: .close(.goingAway), payload: Array("bye 👋".utf8))])
    #expect(heard.error == nil)
  }

  @Test(arguments: MessageAssembler.testSteps)
  func `hears a close frame without a code, and one without a reason`(step: Int) {
    let empty = Heard(Wire.client(0x88, []), step: step)
    #expect(empty.messages == [.init(kind: .close(.noStatus), payload: [])])
    let bare = Heard(Wire.close(4999), step: step)
    #expect(
      bare.messages == [.init(kind: .close(CloseCode(rawValue: 4999)), payload: [])])
  }

  @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535])
  func `refuses a close code that must not be sent`(code: Int) {
    for step in [Int.max, 1] {
      #expect(Heard(Wire.close(code), step: step).error == .badCloseCode)
    }
  }

  @Test func `refuses a close frame of one byte, and a reason that is not UTF-8`() {
    for step in [Int.max, 1] {
      #expect(Heard(Wire.client(0x88, [3]), step: step).error == .shortClosePayload)
      let reason: [UInt8] = [0x03, 0xE8, 0x41, 0xC3]
      #expect(Heard(Wire.client(0x88, reason), step: step).error == .badCloseReason)
    }
  }

  @Test(arguments: MessageAssembler.testSteps)
  func `gives the whole payload of the longest ping`(step: Int) {
    let payload = Array(UInt8(1)...UInt8(125))
    let frames = Wire.client(0x01, "a") + Wire.client(0x89, payload) + Wire.client(0x80, "b")
    #expect(
      Heard(frames, step: step).messages == [.init(kind: .ping, payload: payload), .text("ab")])
  }
}

extension MessageAssembler {
  static var testSteps: [Int] { [.max, 1, 2, 3, 7, 50] }
}
