import Testing

@testable import HubProtocol

private func parse(_ text: String) throws(CommandFault) -> ClientCommand {
  try ClientCommand.parse(text.utf8.span)
}

private func fault(_ text: String) -> CommandFault? {
  do throws(CommandFault) {
    _ = try parse(text)
    return nil
  } catch { return error }
}

private let room = TopicName("chat.room.lab-3").unsafelyUnwrapped

@Suite struct `A client's frame` {
  @Test func `is each of the frames in the protocol's examples`() throws {
    #expect(
      try parse(
        #"{"type":"hello","id":1,"data":{"token":"t","client":"dashboard/1.0","session":"s_9f2c"}}"#
      )
        == ClientCommand(
          id: RequestID(json: "1"),
          action: .hello(.init(token: "t", client: "dashboard/1.0", session: "s_9f2c"))))
    #expect(
      try parse(#"{"type":"ping","ts":1795231010123}"#).action
        == .ping(ts: RequestID(json: "1795231010123")))
    #expect(
      try parse(#"{"type":"pong","data":{"t":1795231010123}}"#).action
        == .pong(t: 1_795_231_010_123))
    let subscribe =
      #"{"type":"subscribe","id":2,"topic":"chat.room.lab-3","data":{"recover":{"offset":118,"epoch":"k3xQ9a1b"},"presence":true}}"#
    #expect(
      try parse(subscribe).action
        == .subscribe(
          room, .init(recover: .init(offset: 118, epoch: "k3xQ9a1b"), wantsPresence: true)))
    #expect(
      try parse(#"{"type":"subscribe","topic":"chat.room.lab-3","data":{"batch":true}}"#).action
        == .subscribe(room, .init(takesBatches: true)))
    #expect(
      try parse(
        #"{"type":"history","id":12,"topic":"chat.room.lab-3","data":{"before":100,"limit":50}}"#
      )
      .action == .history(room, .init(before: 100, limit: 50)))
    #expect(
      try parse(
        #"{"type":"presence","topic":"chat.room.lab-3","data":{"rev":4,"after":9,"limit":5}}"#
      )
      .action == .presence(room, .init(rev: 4, after: 9, limit: 5)))
    #expect(
      try parse(#"{"type":"unsubscribe","topic":"chat.room.lab-3"}"#).action == .unsubscribe(room))
    #expect(try parse(#"{"type":"refresh","data":{"token":"n"}}"#).action == .refresh(token: "n"))
    #expect(try parse(#"{"type":"status","id":"s"}"#).action == .status)
    #expect(try parse(#"{"type":"bye"}"#) == ClientCommand(id: nil, action: .bye))
  }

  @Test func `may leave out all that has a default`() throws {
    #expect(try parse(#"{"type":"hello"}"#).action == .hello(.init()))
    #expect(try parse(#"{"type":"hello","data":null}"#).action == .hello(.init()))
    #expect(
      try parse(
        #"{"type":"subscribe","topic":"chat.room.lab-3","id":null,"data":{"recover":null}}"#)
        == ClientCommand(id: nil, action: .subscribe(room, .init())))
    #expect(try parse(#"{"type":"ping"}"#).action == .ping(ts: nil))
    #expect(try parse(#"{"type":"pong"}"#).action == .pong(t: nil))
  }

  @Test func `leaves the payload of a publish where it is`() throws {
    let text =
      #"{"data": {"msg":"hé\n","deep":[{"x":1}]} ,"topic":"chat.room.lab-3","id":"7f1e-4","type":"publish"}"#
    let command = try parse(text)
    #expect(command.id == RequestID(json: #""7f1e-4""#))
    guard case .publish(room, let data) = command.action else {
      Issue.record("not a publish: \(command)")
      return
    }
    #expect(
      String(decoding: Array(text.utf8)[data], as: UTF8.self) == #"{"msg":"hé\n","deep":[{"x":1}]}"#
    )
  }

  @Test(arguments: [
    ("1", "1"), ("-0", "-0"), ("1.50", "1.50"), ("1e3", "1e3"), (#""7f1e-4""#, #""7f1e-4""#),
    (#""\u0061\n""#, #""\u0061\n""#), ("18446744073709551616", "18446744073709551616"),
  ])
  func `has its id given back as it was written`(id: String, echo: String) throws {
    #expect(try parse("{\"type\":\"status\",\"id\":\(id)}").id == RequestID(json: echo))
  }

  @Test func `of an unknown type keeps what an answer needs`() throws {
    let command = try parse(
      #"{"type":"qr.scan","id":5,"topic":"chat.room.lab-3","data":[1],"x":{}}"#)
    #expect(command.id == RequestID(json: "5"))
    guard case .other("qr.scan", room, let data?) = command.action else {
      Issue.record("unexpected: \(command)")
      return
    }
    #expect(data.count == 3)
  }

  @Test func `may carry members nobody knows, in any order and twice`() throws {
    let command = try parse(#"{"x":1,"type":"bye","x":[{}],"y":{"z":"\u00e9"},"id":3}"#)
    #expect(command == ClientCommand(id: RequestID(json: "3"), action: .bye))
  }

  @Test(arguments: [
    "", " ", "null", "[]", "7", "\"type\"", "{}", #"{"type":7}"#, #"{"type":null}"#, #"{"id":1}"#,
    #"{"type":"bye"} x"#, #"{"type":"bye"}{}"#, #"{"type":"bye",}"#, #"{"type":"bye""#,
    #"{"type":"bye","type":"bye"}"#, #"{"type":"bye","id":1,"id":1}"#, #"{"type":"bye","id":[1]}"#,
    #"{"type":"bye","id":true}"#, #"{"type":"bye","topic":5}"#, #"{"type":"bye","topic":"a b"}"#,
    #"{"type":"bye","data":{},"data":{}}"#, #"{"type":"bye","data":{"a":01}}"#,
    #"{"type":"bye","x":"\uD800"}"#, #"{"type":"subscribe"}"#, #"{"type":"publish","topic":"a"}"#,
    #"{"type":"publish","topic":"a","data":[1]}"#, #"{"type":"publish","topic":"a","data":"x"}"#,
    #"{"type":"publish","data":{}}"#, #"{"type":"hello","data":[]}"#,
    #"{"type":"hello","data":{"token":7}}"#, #"{"type":"hello","data":{"token":"a","token":"b"}}"#,
    #"{"type":"refresh"}"#, #"{"type":"subscribe","topic":"a","data":{"presence":1}}"#,
    #"{"type":"subscribe","topic":"a","data":{"recover":{"offset":1}}}"#,
    #"{"type":"subscribe","topic":"a","data":{"recover":{"offset":-1,"epoch":"e"}}}"#,
    #"{"type":"subscribe","topic":"a","data":{"recover":{"offset":1.5,"epoch":"e"}}}"#,
    #"{"type":"subscribe","topic":"a","data":{"recover":[]}}"#,
    #"{"type":"history","topic":"a","data":{"limit":0}}"#,
    #"{"type":"history","topic":"a","data":{"before":"9"}}"#, #"{"type":"pong","data":{"t":"x"}}"#,
  ])
  func `that makes no sense is a bad request`(text: String) {
    #expect(fault(text)?.error == .badRequest)
  }

  @Test func `that goes wrong behind its id is answered with that id`() {
    let late = fault(#"{"id":"r-9","topic":"chat.room.lab-3","type":"publish","data":{"a":}}"#)
    #expect(late?.id == RequestID(json: #""r-9""#) && late?.topic == room)
    let wrong = fault(#"{"type":"history","data":{"limit":0},"topic":"chat.room.lab-3","id":4}"#)
    #expect(wrong?.id == RequestID(json: "4") && wrong?.message == "limit is zero")
    #expect(fault(#"{"type":"bye","id":{}}"#)?.id == nil)
  }

  @Test func `with a huge member or a bomb in it is refused`() {
    let long = String(repeating: "x", count: 5000)
    for text in [
      "{\"type\":\"\(long)\"}", "{\"type\":\"bye\",\"id\":\"\(long)\"}",
      "{\"type\":\"bye\",\"topic\":\"\(long)\"}",
      "{\"type\":\"hello\",\"data\":{\"token\":\"\(long)\"}}",
      "{\"type\":\"bye\",\"x\":" + String(repeating: "[", count: 60_000),
      "{\"type\":\"publish\",\"topic\":\"a\",\"data\":"
        + String(repeating: "{\"a\":", count: 12_000),
    ] {
      #expect(fault(text)?.error == .badRequest)
    }
  }

  @Test func `cut short anywhere is a bad request and never a crash`() {
    let text =
      #"{"type":"subscribe","id":"é2","topic":"chat.room.lab-3","data":{"recover":{"offset":118,"epoch":"k"},"presence":true}}"#
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      let part = Array(bytes[..<length])
      #expect(throws: CommandFault.self) { try ClientCommand.parse(part.span) }
    }
  }

  @Test func `with any one byte changed is read or refused and never a crash`() {
    let text = Array(
      #"{"type":"publish","id":7,"topic":"a.b","data":{"m":"x\u00e9é","n":[1.5e3]}}"#.utf8)
    for place in text.indices {
      for byte in stride(from: UInt8(0), through: 255, by: 3) {
        var changed = text
        changed[place] = byte
        guard let command = try? ClientCommand.parse(changed.span) else { continue }
        if case .publish(_, let data) = command.action {
          #expect(data.upperBound <= changed.count)
        }
      }
    }
  }
}
