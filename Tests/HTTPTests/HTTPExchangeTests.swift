import Bytes
import Testing

@testable import HTTP

private let second: UInt64 = 1_000_000_000

/// Drives an exchange by a script: what came of each step, in a word.
private final class Script {
  var exchange = HTTPExchange<String>()
  var now: UInt64 = second
  var owed = 0

  func receive(_ text: String) {
    exchange.received(Array(text.replacing("\n", with: "\r\n").utf8).span)
  }

  /// The next step.
  func step() throws -> String {
    switch try exchange.next(owed: owed, at: now) {
    case .wait: "wait"
    case .pause: "pause"
    case .awaitRequest: "await request"
    case .awaitHead: "await head"
    case .route(let head): "route \(head.path)"
    case .body(_, let target, let isWhole):
      "body \(target) \(exchange.body.count)\(isWhole ? " whole" : "")"
    case .close: "close"
    }
  }

  func proceed(to target: String, limit: Int = 10, asksFirst: Bool = false) throws -> Bool {
    try exchange.proceed(to: target, bodyLimit: limit, asksFirst: asksFirst)
  }

  var number: UInt64 { exchange.number }
  var isWhole: Bool { exchange.isWhole }
  var canGrow: Bool { exchange.canGrow }
  var handedOver: Int { exchange.handedOver }
  var hasBody: Bool { !exchange.body.isEmpty }
  func takeContinue() -> Bool { exchange.takeContinue() }
  func takeBody() -> [UInt8] { exchange.takeBody() }
  func hasRoom() -> Bool { exchange.hasRoom() }
  func inputEnded() -> Bool { exchange.inputEnded() }

  /// Answers the current request; whether the connection goes on.
  func answer() -> Bool {
    let head: RequestHead
    switch exchange.state {
    case .routing(let current), .admitting(let current, _), .body(let current, _),
      .working(let current), .sending(let current):
      head = current
    case .head: return false
    }
    defer { exchange.answered() }
    return exchange.context(for: head, isDraining: false).keepsAlive
  }
}

private let get = "GET /a HTTP/1.1\nHost: h\n\n"

private func post(_ length: Int, _ more: String = "") -> String {
  "POST /p HTTP/1.1\nHost: h\nContent-Length: \(length)\n\(more)\n"
}

@Suite struct `An HTTP exchange` {
  @Test func `reads one request after the other, each once the one before is answered`() throws {
    let script = Script()
    script.receive(get + get)
    #expect(try script.step() == "route /a" && script.number == 1)
    #expect(try script.proceed(to: "page", asksFirst: true))
    #expect(try script.step() == "wait")
    #expect(script.isWhole && script.answer())
    #expect(try script.step() == "route /a" && script.number == 2)
    #expect(script.answer())
    #expect(try script.step() == "await request")
  }

  @Test func `understands a request byte by byte`() throws {
    let script = Script()
    var steps: [String] = []
    for byte in post(3).replacing("\n", with: "\r\n").utf8 {
      script.exchange.received([byte].span)
      steps.append(try script.step())
    }
    #expect(steps.first == "await head" && steps.last == "route /p")
    #expect(steps.dropFirst().dropLast().allSatisfy { $0 == "wait" })
    #expect(try !script.proceed(to: "form", asksFirst: false))
    #expect(try script.step() == "body form 0")
    for byte in "ab".utf8 {
      script.exchange.received([byte].span)
      #expect(try !script.step().hasSuffix("whole"))
    }
    script.receive("c")
    #expect(try script.step() == "body form 3 whole")
    script.exchange.begin()
    #expect(script.takeBody() == Array("abc".utf8) && script.handedOver == 3)
    #expect(script.answer() && script.handedOver == 0)
  }

  @Test func `reads no body before the caller is admitted`() throws {
    let script = Script()
    script.receive(post(5, "Expect: 100-continue\n") + "hello")
    #expect(try script.step() == "route /p")
    #expect(try !script.proceed(to: "call", asksFirst: true))
    #expect(try script.step() == "wait" && !script.hasBody)
    script.exchange.admit()
    #expect(script.takeContinue() && !script.takeContinue())
    #expect(try script.step() == "body call 5 whole")
  }

  @Test func `refuses a declared length before anything of it is read`() throws {
    let script = Script()
    script.receive(post(11))
    _ = try script.step()
    #expect(throws: HTTPError(.bodyTooLarge)) {
      try script.proceed(to: "call", asksFirst: true)
    }
    guard case .admitting(_, "call") = script.exchange.state else {
      Issue.record("the target has to be known to refuse it in its words")
      return
    }
  }

  @Test(arguments: [(3, "", true), (11, "", false), (3, "Expect: 100-continue\n", false)])
  func `passes over a short body that is not read`(
    length: Int, more: String, goesOn: Bool
  ) throws {
    let script = Script()
    var limits = RequestParser.Limits()
    limits.body = 10
    script.exchange = HTTPExchange(limits)
    script.receive(post(length, more))
    _ = try script.step()
    script.exchange.leaveBody()
    #expect(script.answer() == goesOn)
    guard goesOn else { return }
    script.receive("abc" + get)
    #expect(try script.step() == "route /a")
  }

  @Test func `an answer after which the start of the next request is unknown is the last`() throws {
    let script = Script()
    script.receive(get)
    _ = try script.step()
    script.exchange.end()
    #expect(!script.answer())
  }

  @Test func `pauses when more than enough is sent ahead`() throws {
    let script = Script()
    script.receive(get)
    _ = try script.step()
    _ = try script.proceed(to: "page", asksFirst: false)
    script.exchange.received(
      [UInt8](repeating: 0, count: HTTPExchange<String>.mostSentAhead).span)
    #expect(try script.step() == "wait")
    script.exchange.received([0].span)
    #expect(try script.step() == "pause")
  }

  @Test func `reads no next request while answers wait for the peer`() throws {
    let script = Script()
    script.receive(get)
    #expect(!script.hasRoom())
    script.owed = HTTPExchange<String>.mostOwed
    #expect(try script.step() == "pause")
    // The peer has asked before it closed its side: it is answered once there is room.
    #expect(!script.inputEnded())
    script.owed = 0
    #expect(script.hasRoom() && !script.hasRoom())
    #expect(try script.step() == "route /a")
  }

  @Test func `answers what was asked before the end of the input`() throws {
    let script = Script()
    script.receive(get)
    _ = try script.step()
    _ = try script.proceed(to: "page", asksFirst: false)
    #expect(!script.inputEnded())
    #expect(!script.answer())
    #expect(try script.step() == "close")
  }

  @Test func `ends with an input that ends between requests or within a body`() throws {
    let idle = Script()
    #expect(idle.inputEnded())
    let cut = Script()
    cut.receive(post(5) + "he")
    _ = try cut.step()
    _ = try cut.proceed(to: "form", asksFirst: false)
    #expect(try cut.step() == "body form 2" && cut.canGrow)
    #expect(cut.inputEnded() && !cut.canGrow)
  }

  @Test func `a file is sent between a handler's answer and the next request`() throws {
    let script = Script()
    script.receive(get + get)
    _ = try script.step()
    _ = try script.proceed(to: "file", asksFirst: false)
    script.exchange.beginSending()
    #expect(try script.step() == "wait" && script.isWhole)
    #expect(script.answer())
    #expect(try script.step() == "route /a")
  }
}

@Suite struct `The time of an HTTP exchange` {
  private let patience = HTTPExchange<String>.Patience(
    idleSeconds: 60, headSeconds: 10, requestSeconds: 30)

  private func verdict(
    _ script: Script, after seconds: UInt64, lastHeard: UInt64 = second,
    isStuck: Bool = false
  ) -> HTTPExchange<String>.Verdict {
    script.exchange.timerFired(
      at: script.now + seconds * second, lastHeard: lastHeard, isStuck: isStuck, patience)
  }

  @Test func `an idle connection is closed, counted from the last byte`() {
    let script = Script()
    #expect(verdict(script, after: 59) == .look(afterSeconds: 1))
    #expect(verdict(script, after: 60) == .close)
    #expect(verdict(script, after: 60, lastHeard: 31 * second) == .look(afterSeconds: 30))
  }

  @Test func `a slow head is refused, counted from its first byte`() throws {
    let script = Script()
    script.receive("GET /a")
    #expect(try script.step() == "await head")
    #expect(verdict(script, after: 4) == .look(afterSeconds: 6))
    #expect(verdict(script, after: 10) == .refuse)
  }

  @Test func `a slow body is refused, and passed over in silence`() throws {
    let script = Script()
    script.receive(post(5))
    _ = try script.step()
    _ = try script.proceed(to: "form", asksFirst: false)
    #expect(verdict(script, after: 29) == .look(afterSeconds: 1))
    #expect(verdict(script, after: 30) == .refuse)
    script.exchange.leaveBody()
    _ = script.answer()
    script.receive("he")
    #expect(try script.step() == "await head")
    #expect(verdict(script, after: 29) == .look(afterSeconds: 1))
    #expect(verdict(script, after: 30) == .close)
  }

  @Test func `a handler has its own time, and a peer that takes no file is dropped`() throws {
    let script = Script()
    script.receive(get)
    _ = try script.step()
    _ = try script.proceed(to: "page", asksFirst: false)
    #expect(verdict(script, after: 1_000) == .look(afterSeconds: 30))
    script.exchange.beginSending()
    #expect(verdict(script, after: 1_000) == .look(afterSeconds: 60))
    #expect(verdict(script, after: 1_000, isStuck: true) == .drop)
  }
}
