import JSON
import Testing

@testable import Campus

@Suite struct `JSON as Python writes it` {
  @Test func `has blanks behind commas and colons`() {
    let value: JSONValue = ["a": [1, 2.5, true, nil], "姓名": "陈 \"伟\"\\\n\u{1}", "e": [:]]
    #expect(
      PythonJSON.text(value, escapesNonASCII: false)
        == #"{"a": [1, 2.5, true, null], "姓名": "陈 \"伟\"\\\n\u0001", "e": {}}"#)
  }

  @Test func `escapes everything but printable ASCII where it is asked to`() {
    #expect(
      PythonJSON.text("é签😀\u{7F}~", escapesNonASCII: true) == #""\u00e9\u7b7e\ud83d\ude00\u007f~""#)
    #expect(PythonJSON.text("é签😀\u{7F}~", escapesNonASCII: false) == "\"é签😀\u{7F}~\"")
  }
}
