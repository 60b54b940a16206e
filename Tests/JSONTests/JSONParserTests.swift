import JSON
import Testing

private func parse(_ text: String, _ limits: JSONLimits = JSONLimits()) throws(JSONError)
  -> JSONValue
{
  try JSONValue(parsing: text, limits: limits)
}

@Suite struct `The JSON parser` {
  @Test func `reads every kind of value`() throws {
    let value = try parse(#" {"a":[1,-2.5,true,false,null],"b":{"c":"d"},"e":[],"f":{}} "#)
    #expect(
      value == [
        "a": [1, -2.5, true, false, nil], "b": ["c": "d"], "e": [], "f": [:],
      ])
    #expect(value["a"]?[0]?.int == 1 && value["a"]?[1]?.double == -2.5)
    #expect(value["a"]?[2]?.bool == true && value["a"]?[4]?.isNull == true)
    #expect(value["b"]?["c"]?.string == "d" && value["e"]?.array == [])
    #expect(value["missing"] == nil && value["a"]?[5] == nil && value["a"]?["x"] == nil)
  }

  @Test func `keeps the order of members`() throws {
    let value = try parse(#"{"z":1,"a":2,"m":3}"#)
    #expect(value.object.map { Array($0.keys) } == ["z", "a", "m"])
    #expect(try value == parse(#"{"a":2,"m":3,"z":1}"#))
  }

  @Test(arguments: [
    ("0", JSONValue.int(0)), ("-1", .int(-1)), ("9223372036854775807", .int(.max)),
    ("-9223372036854775808", .int(.min)), ("9223372036854775808", .double(9.223372036854775808e18)),
    ("-9223372036854775809", .double(-9.223372036854775808e18)),
    ("123456789012345678901234567890", .double(1.2345678901234568e29)),
    ("1.0", .double(1)), ("0.1", .double(0.1)), ("1e3", .double(1000)), ("1E+2", .double(100)),
    ("25e-1", .double(2.5)), ("0e5", .double(0)), ("5e-324", .double(.leastNonzeroMagnitude)),
    ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
    ("2.2250738585072011e-308", .double(.leastNormalMagnitude.nextDown)),
    ("9007199254740993.0", .double(9_007_199_254_740_992)), ("1e-99999", .double(0)),
  ])
  func `reads a number as what it is`(text: String, expected: JSONValue) throws {
    #expect(try parse(text) == expected)
  }

  @Test func `keeps the sign of a negative zero`() throws {
    for text in ["-0", "-0.0", "-0e0"] {
      let zero = try #require(try parse(text).double)
      #expect(zero == 0 && zero.sign == .minus)
    }
    #expect(try parse("2.0").int == 2 && parse("2.5").int == nil && parse("1e300").int == nil)
  }

  @Test(arguments: [
    (#""""#, ""), (#""a\"b\\c\/d\b\f\n\r\t""#, "a\"b\\c/d\u{8}\u{c}\n\r\t"),
    (#""\u00e9\u4E2d\u0000""#, "é中\0"), (#""\uD83D\uDE00!""#, "😀!"), (#""房间 lab-3""#, "房间 lab-3"),
    (#""0123456789abcdef0123456789\n""#, "0123456789abcdef0123456789\n"), ("\"\u{7F}\"", "\u{7F}"),
  ])
  func `reads a string with its escapes`(text: String, expected: String) throws {
    #expect(try parse(text) == .string(expected))
  }

  @Test(arguments: [
    ("", JSONError.Code.unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("nul", .unexpectedEnd, 3),
    ("nule", .unexpectedByte, 3), ("True", .unexpectedByte, 0), ("[1,]", .unexpectedByte, 3),
    ("[,1]", .unexpectedByte, 1), ("[1 2]", .unexpectedByte, 3), (#"{"a":1,}"#, .unexpectedByte, 7),
    (#"{"a" 1}"#, .unexpectedByte, 5), ("{a:1}", .unexpectedByte, 1),
    (#"{"a":}"#, .unexpectedByte, 5),
    ("[1}", .unexpectedByte, 2), ("{]", .unexpectedByte, 1), ("[1", .unexpectedEnd, 2),
    (#"{"a""#, .unexpectedEnd, 4), ("1 2", .trailingBytes, 2), ("{}x", .trailingBytes, 2),
    ("\u{FEFF}1", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0), ("01", .badNumber, 0),
    ("-01", .badNumber, 0), ("+1", .unexpectedByte, 0), (".5", .unexpectedByte, 0),
    ("1.x", .badNumber, 0), ("-x", .badNumber, 0), ("1e+x", .badNumber, 0),
    ("1.", .unexpectedEnd, 2),
    ("1e", .unexpectedEnd, 2), ("-", .unexpectedEnd, 1), ("1e400", .numberOutOfRange, 0),
    ("NaN", .unexpectedByte, 0), ("\"a\nb\"", .controlCharacter, 2), ("\"abc", .unexpectedEnd, 4),
    (#""\x41""#, .badEscape, 1), (#""\u12G4""#, .badEscape, 1), (#""\u12"#, .unexpectedEnd, 5),
    (#""\uD83D""#, .loneSurrogate, 1), (#""\uDE00""#, .loneSurrogate, 1),
    (#""\uD83D\u0041""#, .loneSurrogate, 1), (#""\uD83Dx""#, .loneSurrogate, 1),
    (#"{"a":1,"a":2}"#, .duplicateMember, 8), (#"{"a":1,"\u0061":2}"#, .duplicateMember, 8),
  ])
  func `refuses what is not JSON and says where`(text: String, code: JSONError.Code, offset: Int) {
    #expect(throws: JSONError(code, at: offset)) { try parse(text) }
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0xAF], [0xC1, 0x81], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE4, 0xB8, 0x20], [0xC3, 0x28], [0xFF],
    ] as [[UInt8]])
  func `refuses bytes that are not UTF-8`(bad: [UInt8]) {
    let text: [UInt8] = [0x22] + bad + [0x20, 0x20, 0x22]
    #expect(throws: JSONError(.invalidUTF8, at: 1)) { try JSONValue(parsing: text) }
  }

  @Test func `refuses every text that is cut short`() throws {
    let text = Array(
      #"{"a":[1.5e3,true,null,"\u00e9\uD83D\uDE00é"],"b":{"c":"long enough to scan"}}"#.utf8)
    _ = try JSONValue(parsing: text)
    for length in 0..<text.count {
      #expect(throws: JSONError(.unexpectedEnd, at: length)) {
        try JSONValue(parsing: Array(text[..<length]))
      }
    }
  }

  @Test func `finds a special byte wherever it stands in a word`() throws {
    for length in 0..<40 {
      let plain = String(repeating: "x", count: length)
      #expect(try parse("\"\(plain)\\n\"") == .string(plain + "\n"))
      #expect(try parse("\"\(plain)é\(plain)\"") == .string(plain + "é" + plain))
      #expect(throws: JSONError(.controlCharacter, at: length + 1)) {
        try parse("\"\(plain)\u{1F}\"")
      }
    }
  }

  @Test func `gives up at each limit`() throws {
    let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
    _ = try parse(deep)
    #expect(throws: JSONError(.tooDeep, at: 32)) { try parse("[" + deep + "]") }
    let wide = "[" + String(repeating: "[[]],{\"a\":[]},", count: 100) + "[]]"
    #expect(try parse(wide).array?.count == 201)
    let bomb = String(repeating: "{\"a\":", count: 100_000)
    #expect(throws: JSONError(.tooDeep, at: 160)) { try parse(bomb) }
    #expect(throws: JSONError(.tooManyValues, at: 5)) {
      try parse("[1,2,3]", JSONLimits(values: 3))
    }
    #expect(throws: JSONError(.tooLong, at: 0)) { try parse("[1,2,3]", JSONLimits(bytes: 6)) }
    #expect(try parse("[1,2,3]", JSONLimits(bytes: 7, depth: 1, values: 4)) == [1, 2, 3])
  }

  @Test func `lets the last of two members win when asked to`() throws {
    let limits = JSONLimits(lastDuplicateWins: true)
    #expect(try parse(#"{"a":1,"b":2,"a":3}"#, limits).description == #"{"a":3,"b":2}"#)
  }

  @Test func `reads an object with very many members quickly and finds a duplicate in it`() throws {
    let members = (0..<20_000).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    let object = try #require(try parse("{\(members)}").object)
    #expect(object.count == 20_000 && object["k19999"] == 19999)
    #expect(throws: JSONError.self) { try parse("{\(members),\"k7\":1}") }
    let last = try parse("{\(members),\"k7\":1}", JSONLimits(lastDuplicateWins: true))
    #expect(last["k7"] == 1)
  }
}
