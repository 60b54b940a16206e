import Bytes
import Testing

@testable import HTTP

private struct Answers: Equatable {
  var answers: [String] = []
  var keepsAlive: [Bool] = []
  var error: HTTPError.Code?

  /// Reads the answers to `methods`, and then the end of the connection.
  init(_ text: String, to methods: [HTTP.Method] = [.get], step: Int = .max, bodyLimit: Int = 100) {
    var limits = RequestParser.Limits()
    limits.body = bodyLimit
    var parser = ResponseParser(limits: limits)
    var input = ByteBuffer()
    var body = ByteBuffer()
    var isInside = false
    let bytes = Array(text.utf8)
    var position = 0
    do throws(HTTPError) {
      while position < bytes.count {
        let end = step > bytes.count - position ? bytes.count : position + step
        input.append(Array(bytes[position..<end]))
        position = end
        while isInside || answers.count < methods.count {
          if !isInside {
            guard let head = try parser.nextHead(&input, answering: methods[answers.count])
            else { break }
            answers.append("\(head.status.code) ")
            keepsAlive.append(head.keepsAlive)
            isInside = true
          }
          isInside = !(try parser.readBody(&input, into: &body))
          answers[answers.count - 1] += String(body)
          body.removeAll()
          if isInside { break }
        }
      }
      try parser.finish()
    } catch {
      self.error = error.code
    }
  }
}

@Suite struct `A response parser` {
  @Test(arguments: [Int.max, 1, 3, 17])
  func `reads answers in the order of their requests`(step: Int) {
    let text = """
      HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
      HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello\
      HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: x\r\n\r\n\
      HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n\
      HTTP/1.1 204 No Content\r\n\r\n\
      HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n\
      HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n\
      HTTP/1.1 500 \r\n\r\nuntil the end
      """
    let answers = Answers(
      text, to: [.get, .post, .head, .delete, .get, .get, .get], step: step)
    #expect(
      answers.answers == [
        "200 hello", "200 abc", "200 ", "204 ", "304 ", "404 ", "500 until the end",
      ])
    #expect(answers.keepsAlive == [true, true, true, true, true, true, false])
    #expect(answers.error == nil)
  }

  @Test func `passes over a body that nobody reads`() throws {
    var parser = ResponseParser()
    var input = ByteBuffer()
    input.append("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
    #expect(try parser.nextHead(&input, answering: .get)?.status == .ok)
    let early = try parser.nextHead(&input, answering: .get)
    #expect(early?.status == nil)
    input.append("cdHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    #expect(try parser.nextHead(&input, answering: .get)?.status == .notFound)
  }

  @Test func `stops at the switch to another protocol`() throws {
    var parser = ResponseParser()
    var input = ByteBuffer()
    input.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}frame")
    let head = try parser.nextHead(&input, answering: .get)
    #expect(head?.status == .switchingProtocols && head?.headers[.upgrade] == "websocket")
    #expect(input.count == 6)
  }

  static let malformed: [(String, HTTPError.Code)] = [
    ("HTTP/1.1 20 OK\r\n\r\n", .malformedStatusLine),
    ("HTTP/1.1 2000 OK\r\n\r\n", .malformedStatusLine),
    ("HTTP/1.1  200\r\n\r\n", .malformedStatusLine),
    ("HTTP/1.1 099 X\r\n\r\n", .malformedStatusLine),
    ("HTTP/1.1 200 \u{1}\r\n\r\n", .malformedStatusLine),
    ("ICY 200 OK and more\r\n\r\n", .malformedStatusLine),
    ("HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .ambiguousLength
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", .ambiguousLength),
    ("HTTP/1.1 200 OK\n\n", .bareLineEnd),
    ("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", .bodyTooLarge),
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nx", .truncated), ("HTTP/1.1 200", .truncated),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", .truncated),
    ("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 101), .bodyTooLarge),
  ]

  @Test(arguments: malformed)
  func `refuses what is malformed, too large or cut off`(text: String, code: HTTPError.Code) {
    #expect(Answers(text).error == code)
    #expect(Answers(text, step: 1).error == code)
  }

  @Test func `reads what the encoder writes`() throws {
    var headers = Headers()
    try headers.append(.contentType, "text/plain")
    let encoder = ResponseEncoder()
    var wire = ByteBuffer()
    encoder.append(.ok, headers, body: "one".utf8.span, for: ResponseContext(), into: &wire)
    _ = encoder.appendHead(.ok, body: .chunked, for: ResponseContext(), into: &wire)
    ResponseEncoder.appendChunk("two".utf8.span, into: &wire)
    ResponseEncoder.appendLastChunk(trailers: headers, into: &wire)
    encoder.append(.notFound, body: "x".utf8.span, for: .unreadable, into: &wire)
    let answers = Answers(String(wire), to: [.get, .get, .get])
    #expect(answers.answers == ["200 one", "200 two", "404 x"])
    #expect(answers.keepsAlive == [true, true, false] && answers.error == nil)
  }
}

@Suite struct `A mutated answer` {
  @Test func `is read the same whole and in pieces`() {
    var generator = SeededGenerator(state: 4)
    let seed = Array(
      """
      HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\
      HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: x\r\n\r\n\
      HTTP/1.0 200 OK\r\n\r\nrest
      """.utf8)
    for _ in 0..<3000 {
      let text = String(decoding: generator.mutate(seed), as: UTF8.self)
      let step = Int.random(in: 1...9, using: &generator)
      let methods: [HTTP.Method] = [.get, .post, .get]
      #expect(Answers(text, to: methods).error == Answers(text, to: methods, step: step).error)
    }
  }
}
