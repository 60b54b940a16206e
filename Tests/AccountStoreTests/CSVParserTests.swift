import Testing

@testable import AccountStore

@Suite struct CSVParserTests {
  /// Reads a text in portions of `step` bytes.
  private func records(_ bytes: [UInt8], step: Int) throws -> [CSVRecord] {
    var parser = CSVParser()
    var records: [CSVRecord] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      parser.append(Array(bytes[start..<min(start + step, bytes.count)]))
      while let record = try parser.next() { records.append(record) }
    }
    parser.finish()
    while let record = try parser.next() { records.append(record) }
    return records
  }

  private func read(_ bytes: [UInt8]) throws -> [CSVRecord] {
    let whole = try records(bytes, step: max(1, bytes.count))
    #expect(try records(bytes, step: 1) == whole)
    return whole
  }

  private func read(_ text: String) throws -> [CSVRecord] { try read(Array(text.utf8)) }

  private func failure(_ text: String) -> CSVError? {
    do {
      _ = try records(Array(text.utf8), step: 1)
      return nil
    } catch {
      return error as? CSVError
    }
  }

  @Test(arguments: ["a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\nc,d"])
  func `lines end as any program ends them`(text: String) throws {
    #expect(
      try read(text) == [
        CSVRecord(line: 1, fields: ["a", "b"]), CSVRecord(line: 2, fields: ["c", "d"]),
      ])
  }

  @Test func `quoted fields hold commas, quotes and line ends`() throws {
    #expect(
      try read("\"a,b\",\"say \"\"hi\"\"\"\r\n\"two\r\nlines\",x\r\nlast,\r\n") == [
        CSVRecord(line: 1, fields: ["a,b", "say \"hi\""]),
        CSVRecord(line: 2, fields: ["two\r\nlines", "x"]),
        CSVRecord(line: 4, fields: ["last", ""]),
      ])
  }

  @Test func `a byte order mark is no part of the first field`() throws {
    #expect(try read([0xEF, 0xBB, 0xBF] + Array("登录\n".utf8)).first?.fields == ["登录"])
    #expect(try read([0xEF, 0xBB, 0xBF]).isEmpty)
  }

  @Test func `empty lines are passed over and counted`() throws {
    #expect(
      try read("a\n\n\r\nb\n") == [
        CSVRecord(line: 1, fields: ["a"]), CSVRecord(line: 4, fields: ["b"]),
      ])
    #expect(try read("").isEmpty)
  }

  @Test func `every error names its line`() {
    #expect(failure("a\nb\"c\n") == CSVError(code: .strayQuote, line: 2))
    #expect(failure("a\n\n\"b\"c\n") == CSVError(code: .textAfterQuote, line: 3))
    #expect(failure("a\n\"b\nc\nd") == CSVError(code: .unterminatedQuote, line: 2))
    let wide = String(repeating: ",", count: 64)
    #expect(failure("a\n\(wide)\n") == CSVError(code: .tooManyFields, line: 2))
    let long = String(repeating: "x", count: 65_537)
    #expect(failure("a\n\(long)") == CSVError(code: .tooLong, line: 2))
  }

  @Test func `bytes that are not UTF-8 are an error`() {
    #expect(throws: CSVError(code: .notUTF8, line: 2)) {
      try records(Array("a\n".utf8) + [0xC4, 0xE3], step: 1)
    }
  }
}
