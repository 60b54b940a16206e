import JSON
import Testing

@Suite struct `The JSON scanner` {
  @Test func `finds members and leaves the payload as bytes`() throws {
    let text = Array(#"{ "type" : "publish", "data" : {"x": [1, {"y":"é\n"}]} , "id":7 }"#.utf8)
    var scanner = JSONScanner(text.span)
    try scanner.enterObject()
    var type: String?
    var data: Range<Int>?
    var id: JSONScanner.Number?
    while let name = try scanner.nextMember() {
      if scanner.says("type", name) {
        let value = try scanner.string()
        type = scanner.string(value)
      } else if scanner.says("data", name) {
        data = try scanner.skip()
      } else if scanner.says("id", name) {
        id = try scanner.number()
      }
    }
    try scanner.finish()
    #expect(type == "publish" && id == .int(7))
    #expect(data.map { String(decoding: text[$0], as: UTF8.self) } == #"{"x": [1, {"y":"é\n"}]}"#)
  }

  @Test func `checks what it skips as strictly as what it reads`() {
    for text in [
      #"{"a":01}"#, #"{"a":"\uD800"}"#, #"{"a":[1,]}"#, "{\"a\":\"\u{1}\"}", #"{"a":tru}"#,
      #"{"a":{"b"}}"#,
      #"{"a":1e999}"#, "{\"a\":" + String(repeating: "[", count: 40) + "}",
    ] {
      let bytes = Array(text.utf8)
      #expect(throws: JSONError.self) {
        var scanner = JSONScanner(bytes.span)
        try scanner.skip()
      }
    }
  }

  @Test func `knows a name in its escaped spelling`() throws {
    let text = Array(#"{"\u0074ype":1,"typ":2,"types":3}"#.utf8)
    var scanner = JSONScanner(text.span)
    try scanner.enterObject()
    var answers: [Bool] = []
    while let name = try scanner.nextMember() {
      answers.append(scanner.says("type", name))
      try scanner.skip()
    }
    #expect(answers == [true, false, false])
  }

  @Test func `refuses a value of another kind`() {
    let text = Array("[1]".utf8)
    #expect(throws: JSONError(.unexpectedByte, at: 0)) {
      var scanner = JSONScanner(text.span)
      try scanner.enterObject()
    }
    #expect(throws: JSONError(.unexpectedByte, at: 0)) {
      var scanner = JSONScanner(text.span)
      _ = try scanner.string()
    }
  }
}
