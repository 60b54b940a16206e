import Bytes
import Testing

@testable import muster_bench

@Suite struct `The ledger of a lab` {
  @Test func `lets students in and out in turns, whoever has waited longest`() {
    var ledger = Ledger(students: 8)
    #expect(ledger.presentCount == 4)
    #expect(ledger.students.map(\.number).prefix(3) == ["2010000000", "2110000001", "2010000002"])
    let operations = (0..<8).compactMap { ledger.begin(at: UInt64($0)) }
    let none = ledger.begin(at: 9)
    #expect(operations == Array(0..<8) && none == nil)
    #expect(ledger.operations.map(\.student) == [2, 0, 3, 1, 6, 4, 7, 5])
    for operation in operations { ledger.acknowledge(operation, hundredths: 3) }
    #expect(ledger.hundredths == 12 && ledger.presentCount == 4 && ledger.acknowledged == 8)
    #expect(ledger.students[0].stays == 1 && ledger.students[2].stays == 0)
    let next = ledger.begin(at: 10)
    #expect(next == 8 && ledger.operations[8].student == 0)
    #expect(ledger.operation(of: 0, isCheckIn: true) == 8)
    #expect(ledger.operation(of: 0, isCheckIn: false) == 1)
    #expect(ledger.operation(of: 5, isCheckIn: true) == nil)
  }

  @Test func `knows students by their numbers`() {
    for place in [0, 1, 999_999] {
      #expect(Ledger.place(of: Ledger.number(place)) == place)
    }
    for number in ["", "2010000001", "21100000x1", "2009999999", "221"] {
      #expect(Ledger.place(of: number) == nil)
    }
  }

  @Test func `gives everybody a turn however long it lasts`() {
    var ledger = Ledger(students: 4)
    for round in 0..<20_000 {
      guard let operation = ledger.begin(at: 0) else { return #expect(Bool(false), "\(round)") }
      ledger.acknowledge(operation, hundredths: 0)
    }
    #expect(Set(ledger.students.map(\.stays)) == [2500])
  }
}

@Suite struct `What a dashboard is sent` {
  private var ledger: Ledger {
    var ledger = Ledger(students: 8)
    for _ in 0..<4 { _ = ledger.begin(at: 0) }
    return ledger
  }

  private func event(_ offset: Int, _ student: Int, _ kind: String, status: Int) -> String {
    """
    {"type":"event","topic":"checkin.presence","offset":\(offset),"ts":1,"data":{"event":\
    "checkin.\(kind)","user":{"status":\(status),"studentid":"\(Ledger.number(student))"}}}
    """
  }

  private func batch(_ events: String...) -> [UInt8] {
    let list = events.joined(separator: ",")
    let text =
      #"{"type":"events","topic":"checkin.presence","data":{"events":[\#(list)]}}"#
    return Array(text.utf8)
  }

  @Test func `is known by the operations that it tells of`() throws {
    let message = try LabMessage(
      batch(event(7, 2, "in", status: 1), event(8, 0, "out", status: 0)), ledger)
    #expect(message.topic == 0 && message.offsets == 7...8)
    #expect(message.operations.map(\.operation) == [0, 1])
  }

  @Test func `is wrong if something is left out, or of nobody, or in the wrong state`() {
    for bytes in [
      batch(event(7, 2, "in", status: 1), event(9, 0, "out", status: 0)),
      batch(event(7, 5, "in", status: 1)), batch(event(7, 2, "in", status: 0)),
    ] {
      #expect(throws: LabMessage.Fault.self) { try LabMessage(bytes, ledger) }
    }
  }

  @Test func `is read once and compared from then on`() throws {
    var messages = LabMessages()
    let bytes = batch(event(7, 2, "in", status: 1))
    for _ in 0..<3 {
      let message = try messages.read(bytes.span, isCompressed: false, ledger)
      #expect(message.offsets == 7...7)
    }
    #expect(messages.count == 1)
    // The same place in the topic cannot be another change.
    let other = batch(event(7, 0, "out", status: 0))
    #expect(throws: LabMessage.Fault.self) {
      try messages.read(other.span, isCompressed: false, ledger)
    }
  }

  @Test func `comes in frames of every length`() throws {
    for length in [0, 125, 126, 65_535, 65_536] {
      var bytes: [UInt8] = [0xC1]
      if length < 126 {
        bytes.append(UInt8(length))
      } else {
        let count = length < 65_536 ? 2 : 8
        bytes.append(count == 2 ? 126 : 127)
        for place in (0..<count).reversed() {
          bytes.append(UInt8(truncatingIfNeeded: length >> (8 * place)))
        }
      }
      let start = bytes.count
      bytes += [UInt8](repeating: 7, count: length)
      let frame = try #require(try WholeFrame(bytes.span, at: 0))
      #expect(frame.isCompressed && frame.opcode == 1)
      #expect(frame.payload == start..<(start + length))
      #expect(try WholeFrame(bytes.span.extracting(0..<(bytes.count - 1)), at: 0) == nil)
    }
  }

  @Test func `an answer of HTTP is taken when it is whole`() throws {
    let text =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: JSESSIONID=a1; Path=/\r\n\r\nok+"
    let bytes = Array(text.utf8)
    for count in 0..<(bytes.count - 1) {
      #expect(try WholeAnswer(bytes.span.extracting(0..<count)) == nil)
    }
    let answer = try #require(try WholeAnswer(bytes.span))
    #expect(answer.status == 200 && answer.cookie == "JSESSIONID=a1")
    #expect(Array(bytes[answer.body]) == Array("ok".utf8))
  }
}
