/// One record of a CSV file, with the line on which it begins.
struct CSVRecord: Equatable {
  let line: Int
  let fields: [String]
}

struct CSVError: Error, Equatable {
  enum Code: Equatable {
    case strayQuote, textAfterQuote, unterminatedQuote, notUTF8, tooLong, tooManyFields
  }
  let code: Code
  let line: Int
}

/// Reads CSV (RFC 4180) from portions of any size.
///
/// A byte order mark is skipped; lines end with CRLF, LF or CR; empty lines are passed over. Of the
/// records at most one field is held, so a file of any length can be read.
struct CSVParser {
  private enum State {
    case recordStart, fieldStart, plain, quoted
    /// Behind a quote inside of a quoted field: its end, or half of a doubled one.
    case quoteSeen
  }

  private static let longestField = 65_536
  private static let mostFields = 64

  private var input: [UInt8] = []
  private var position = 0
  private var state = State.recordStart
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var line = 1
  private var recordLine = 1
  private var quoteLine = 1
  private var seenAnything = false
  private var lastWasReturn = false
  private var isComplete = false

  mutating func append(_ bytes: [UInt8]) {
    input.removeFirst(position)
    position = 0
    input += bytes
  }

  /// Ends the input.
  mutating func finish() { isComplete = true }

  /// The next record; nil if more bytes are needed, or at the end after `finish`.
  mutating func next() throws(CSVError) -> CSVRecord? {
    skipMark()
    guard seenAnything else { return nil }
    while position < input.count {
      let byte = input[position]
      position += 1
      if try take(byte) { return record() }
    }
    return isComplete ? try last() : nil
  }

  /// EF BB BF, which spreadsheet programs write in front.
  private mutating func skipMark() {
    guard !seenAnything else { return }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let isPart = input.count < mark.count && mark.starts(with: input)
    if isPart && !isComplete { return }
    seenAnything = true
    if input.starts(with: mark) { position = mark.count }
  }

  /// True when the byte ends a record.
  private mutating func take(_ byte: UInt8) throws(CSVError) -> Bool {
    let isSecondHalf = lastWasReturn && byte == UInt8(ascii: "\n")
    lastWasReturn = byte == UInt8(ascii: "\r")
    if isSecondHalf {
      if state == .quoted { try add(byte) }
      return false
    }
    if lastWasReturn || byte == UInt8(ascii: "\n") { line += 1 }
    switch state {
    case .recordStart:
      if isLineEnd(byte) { return false }
      recordLine = line
      return try takeAtStart(byte)
    case .fieldStart: return try takeAtStart(byte)
    case .plain: return try takePlain(byte)
    case .quoted:
      if byte == UInt8(ascii: "\"") { state = .quoteSeen } else { try add(byte) }
      return false
    case .quoteSeen: return try takeAfterQuote(byte)
    }
  }

  private mutating func takeAtStart(_ byte: UInt8) throws(CSVError) -> Bool {
    state = .plain
    guard byte == UInt8(ascii: "\"") else { return try takePlain(byte) }
    state = .quoted
    quoteLine = line
    return false
  }

  private mutating func takePlain(_ byte: UInt8) throws(CSVError) -> Bool {
    if byte == UInt8(ascii: ",") {
      try endField()
      return false
    }
    if isLineEnd(byte) {
      try endField()
      return true
    }
    guard byte != UInt8(ascii: "\"") else { throw CSVError(code: .strayQuote, line: line) }
    try add(byte)
    return false
  }

  private mutating func takeAfterQuote(_ byte: UInt8) throws(CSVError) -> Bool {
    if byte == UInt8(ascii: "\"") {
      try add(byte)
      state = .quoted
      return false
    }
    guard byte == UInt8(ascii: ",") || isLineEnd(byte) else {
      throw CSVError(code: .textAfterQuote, line: line)
    }
    return try takePlain(byte)
  }

  private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private mutating func add(_ byte: UInt8) throws(CSVError) {
    guard field.count < CSVParser.longestField else { throw CSVError(code: .tooLong, line: line) }
    field.append(byte)
  }

  private mutating func endField() throws(CSVError) {
    guard fields.count < CSVParser.mostFields else {
      throw CSVError(code: .tooManyFields, line: recordLine)
    }
    guard let text = String(validating: field, as: UTF8.self) else {
      throw CSVError(code: .notUTF8, line: recordLine)
    }
    fields.append(text)
    field.removeAll(keepingCapacity: true)
    state = .fieldStart
  }

  private mutating func record() -> CSVRecord {
    defer {
      fields = []
      state = .recordStart
    }
    return CSVRecord(line: recordLine, fields: fields)
  }

  /// Takes the record after the last line end.
  private mutating func last() throws(CSVError) -> CSVRecord? {
    switch state {
    case .recordStart: return nil
    case .quoted: throw CSVError(code: .unterminatedQuote, line: quoteLine)
    case .fieldStart, .plain, .quoteSeen:
      try endField()
      return record()
    }
  }
}
