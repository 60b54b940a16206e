import Bytes
import JSON
import Testing

@Suite struct `JSON encoding` {
  @Test func `writes every kind of value without white space`() {
    let value: JSONValue = [
      "z": [1, -2, 1.0, 0.1, true, false, nil], "a": ["b": "c"], "e": [], "f": [:],
      "raw": .raw(Array(#"{"k": 1}"#.utf8)),
    ]
    #expect(
      value.description
        == #"{"z":[1,-2,1.0,0.1,true,false,null],"a":{"b":"c"},"e":[],"f":{},"raw":{"k": 1}}"#)
  }

  @Test(arguments: [
    (1.0, "1.0"), (56.97, "56.97"), (-0.0, "-0.0"), (.leastNonzeroMagnitude, "5e-324"),
    (1e21, "1e+21"),
    (0.1 + 0.2, "0.30000000000000004"), (.infinity, "null"), (.nan, "null"),
  ])
  func `writes the shortest digits that read back the same`(number: Double, text: String) throws {
    #expect(JSONValue.double(number).description == text)
    guard number.isFinite else { return }
    #expect(try JSONValue(parsing: text).double == number)
  }

  @Test func `escapes what must be and nothing else, wherever it stands`() throws {
    #expect(
      JSONValue("\"\\/\n\r\t\u{8}\u{c}\u{1f}\u{0}\u{7f}").description
        == #""\"\\/\n\r\t\b\f\u001f\u0000"# + "\u{7f}\"")
    for length in 0..<30 {
      let plain = String(repeating: "é", count: length % 5) + String(repeating: "x", count: length)
      #expect(JSONValue(plain + "\"" + plain).description == "\"\(plain)\\\"\(plain)\"")
    }
    for byte in UInt8(0)..<0x80 {
      let text = String(decoding: [byte, 0x41, byte], as: UTF8.self)
      #expect(try JSONValue(parsing: JSONValue(text).encoded()) == .string(text))
    }
  }

  @Test func `goes through text and back unchanged`() throws {
    let value: JSONValue = [
      "int": .int(.min), "max": .int(.max), "text": "房间 😀 \u{2028}", "list": [[], [[:]], 1e-7],
    ]
    #expect(try JSONValue(parsing: value.encoded()) == value)
    #expect(try JSONValue(parsing: value.encoded(pretty: true)) == value)
  }

  @Test func `prints for people with a line for each member`() {
    let value: JSONValue = ["a": [1, ["b": nil]], "c": [], "d": [:]]
    #expect(
      String(decoding: value.encoded(pretty: true), as: UTF8.self) == """
        {
          "a": [
            1,
            {
              "b": null
            }
          ],
          "c": [],
          "d": {}
        }
        """)
  }

  @Test func `writes a stream of members without a tree`() {
    var writer = JSONWriter()
    writer.object {
      $0.member("flag", true)
      $0.member("msg", "2100301419签到成功")
      $0.member("recordtime", nil as JSONValue)
      $0.object("data") {
        $0.member("id", 3)
        $0.member("weekTime", 1.0)
      }
      $0.array("list") { for number in 0..<3 { $0.value(number) } }
      $0.key("na\"me" as String)
      $0.value("x")
      $0.member("raw", raw: Array("[0]".utf8))
    }
    #expect(
      String(writer.finish())
        == #"{"flag":true,"msg":"2100301419签到成功","recordtime":null,"data":{"id":3,"weekTime":1.0},"#
        + #""list":[0,1,2],"na\"me":"x","raw":[0]}"#)
  }

  @Test func `goes on behind what its buffer held`() {
    var buffer = ByteBuffer()
    buffer.append("data: " as StaticString)
    var writer = JSONWriter(into: buffer)
    writer.array {
      $0.value(1)
      $0.null()
    }
    var all = writer.finish()
    all.appendJSON { $0.object { $0.member("x", 1.5) } }
    #expect(String(all) == "data: [1,null]{\"x\":1.5}")
  }
}

@Suite struct `A JSON object` {
  @Test func `replaces in place, adds at the end and removes`() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = 3
    object["c"] = 4
    object["b"] = nil
    object["x"] = nil
    #expect(JSONValue.object(object).description == #"{"a":3,"c":4}"#)
  }

  @Test func `is equal to another with the same members in another order`() {
    #expect(["a": 1, "b": 2] as JSONObject == ["b": 2, "a": 1])
    #expect(["a": 1] as JSONObject != ["a": 2])
    #expect(["a": 1] as JSONObject != ["a": 1, "b": 2])
  }

  @Test func `a writer gives its text as bytes`() {
    let bytes = JSONWriter.bytes { writer in writer.object { $0.member("a", 1) } }
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"a":1}"#)
  }
}
