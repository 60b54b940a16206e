import Bytes
import JSON
import Loop

// The calls of doors, and their answers.
extension LabRun {
  /// Gives every free door something to do. At the end of each turn.
  func giveWork() {
    if let began = loadBegan { makeDue(began) }
    guard !waiting.isEmpty else { return }
    var given = 0
    for door in doors where door.work == nil {
      guard given < waiting.count, door.isSecure else { break }
      begin(waiting[given], door)
      given += 1
    }
    waiting.removeFirst(given)
  }

  /// The operations are due at even intervals, whether the server keeps up or not.
  private func makeDue(_ began: UInt64) {
    let now = loop.time.monotonic
    let due = Int(Double(now - began) / 1e9 * Double(options.rate))
    while outcome.due < due, failure == nil {
      let dueAt = began + UInt64(Double(outcome.due) / Double(options.rate) * 1e9)
      guard let operation = ledger.begin(at: dueAt) else {
        return fail("too few students for so many operations; --people")
      }
      outcome.due += 1
      waiting.append(.operation(operation))
    }
  }

  private func begin(_ work: Door.Work, _ door: Door) {
    switch work {
    case .operation(let number):
      let operation = ledger.operations[number]
      let path = operation.isCheckIn ? "/login" : "/logout"
      ask(door, "GET \(path)?studentid=\(ledger.students[operation.student].number)", work)
    case .records(let student): ask(door, "GET /mytimerecored?userid=\(ids[student])", work)
    case .question: preconditionFailure("questions are asked at once")
    }
  }

  func ask(_ door: Door, _ line: String, _ work: Door.Work, body: [UInt8] = []) {
    door.work = work
    ask(door, line, body, &desk)
  }

  private func ask(_ door: Door, _ line: String, _ body: [UInt8], _ desk: inout Desk) {
    desk.cork.append("\(line) HTTP/1.1\r\nHost: \(target.host):\(target.port)\r\n")
    if let cookie = door.cookie { desk.cork.append("Cookie: \(cookie)\r\n") }
    if !body.isEmpty {
      desk.cork.append("Content-Type: application/json\r\nContent-Length: \(body.count)\r\n")
    }
    desk.cork.append("\r\n" as StaticString)
    desk.cork.append(body)
    uncork(door, &desk)
  }

  /// Asks the first door something and waits for the answer's body.
  func call(_ line: String, body: [UInt8] = []) async throws -> JSONValue {
    let bytes = try await withCheckedThrowingContinuation { continuation in
      ask(doors[0], line, .question(continuation), body: body)
    }
    return try JSONValue(
      parsing: bytes, limits: JSONLimits(bytes: 64 << 20, values: 10_000_000))
  }

  func takeAnswer(_ door: Door, _ desk: inout Desk) throws {
    guard let answer = try WholeAnswer(desk.opened.bytes) else { return }
    guard let work = door.work else {
      throw LabMessage.Fault(description: "an answer to nothing")
    }
    var body = ByteBuffer(capacity: answer.body.count)
    body.append(desk.opened.bytes.extracting(answer.body))
    desk.opened.consume(answer.body.upperBound)
    if let cookie = answer.cookie { door.cookie = cookie }
    door.work = nil
    let bytes = [UInt8](body)
    guard answer.status == 200 else {
      let text = String(decoding: bytes.prefix(200), as: UTF8.self)
      let fault = LabMessage.Fault(description: "was answered \(answer.status): \(text)")
      if case .question(let continuation) = work { continuation.resume(throwing: fault) }
      throw fault
    }
    switch work {
    case .operation(let number): try finish(number, try JSONValue(parsing: bytes))
    case .records(let student): try check(student, try JSONValue(parsing: bytes))
    case .question(let continuation): continuation.resume(returning: bytes)
    }
  }

  private func finish(_ number: Int, _ answer: JSONValue) throws {
    let operation = ledger.operations[number]
    guard answer["flag"] == true, answer["code"]?.int == (operation.isCheckIn ? 20011 : 20021),
      answer["data"]?["studentid"]?.string == ledger.students[operation.student].number
    else { throw LabMessage.Fault(description: "was answered \(answer)") }
    let hundredths = LabRun.hundredths(answer["recordtime"]?.string ?? "0.00")
    ledger.acknowledge(number, hundredths: hundredths)
    let now = loop.time.monotonic
    outcome.answer.add(now > operation.dueAt ? now - operation.dueAt : 0)
  }

  /// `0.03` is 3.
  static func hundredths(_ text: String) -> Int { Int(text.filter { $0 != "." }) ?? -1 }

  static func hundredths(_ hours: JSONValue?) -> Int? {
    hours?.double.map { Int(($0 * 100).rounded()) }
  }
}
