import JSON
import PluginKit
import Testing

@testable import Campus

@Suite struct `Fields of an input` {
  private func refusal(
    _ body: JSONValue, _ read: (inout FieldReader) -> Void
  ) throws -> String {
    var reader = FieldReader(try CallInput(Request(.post, "/", body: .bytes(body.encoded()))))
    read(&reader)
    do throws(Refusal) {
      try reader.check()
      return "none"
    } catch {
      return String(decoding: error.body.encoded(), as: UTF8.self)
    }
  }

  @Test(
    arguments: [
      ([:], "该字段是必填项。"), (["f": nil], "该字段不能为 null。"), (["f": ""], "该字段不能为空。"),
      (["f": " \n"], "该字段不能为空。"), (["f": "123456"], "请确保这个字段不能超过 5 个字符。"),
      (["f": true], "不是有效的字符串。"), (["f": []], "不是有效的字符串。"), (["f": "\u{0}"], "不允许空字符。"),
    ] as [(JSONValue, String)])
  func `refuse a text in the documented words`(body: JSONValue, sentence: String) throws {
    let refusal = try refusal(body) { _ = $0.text("f", longest: 5) }
    #expect(refusal == #"{"f":["\#(sentence)"]}"#)
  }

  @Test(
    arguments: [
      (["f": " 陈伟 "], "陈伟"), (["f": 12], "12"), (["f": "12345"], "12345"),
      (["f": "👩‍🏫ab"], "👩‍🏫ab"),
    ] as [(JSONValue, String)])
  func `take a text without the blanks around it`(body: JSONValue, text: String) throws {
    var reader = FieldReader(try CallInput(Request(.post, "/", body: .bytes(body.encoded()))))
    #expect(reader.text("f", longest: 5) == text)
    try reader.check()
  }

  @Test(
    arguments: [
      ("", "该字段不能为 null。"), ("x", "类型错误。期望为主键，获得的类型为 str。"),
      (true, "类型错误。期望为主键，获得的类型为 bool。"), ([1], "类型错误。期望为主键，获得的类型为 list。"),
      (1.5, "类型错误。期望为主键，获得的类型为 float。"), ([:], "类型错误。期望为主键，获得的类型为 dict。"),
      ("99999999999999999999", "类型错误。期望为主键，获得的类型为 str。"),
    ] as [(JSONValue, String)])
  func `refuse a key of another type`(value: JSONValue, sentence: String) throws {
    let refusal = try refusal(["f": value]) { _ = $0.key("f") }
    #expect(refusal == #"{"f":["\#(sentence)"]}"#)
  }

  @Test(arguments: ["x", "1.5", "", true, [], "99999999999999999999", 1e300] as [JSONValue])
  func `refuse what is no integer`(value: JSONValue) throws {
    let refusal = try refusal(["f": value]) { _ = $0.integer("f") }
    #expect(refusal == #"{"f":["请填写合法的整数值。"]}"#)
  }

  @Test func `are read from numbers and from texts of forms`() throws {
    let form = Fields(["number": "30", "key": " 3 ", "at": "2020-02-22T17:02:00+08:00"])
    let request = Request(.post, "/", body: .form(form, files: []))
    var reader = FieldReader(try CallInput(request))
    #expect(reader.integer("number") == 30)
    #expect(reader.key("key") == 3)
    #expect(reader.moment("at").text == "2020-02-22T17:02:00+08:00")
    try reader.check()
  }

  @Test func `are refused all at once, in the order in which they are read`() throws {
    let refusal = try refusal(["b": "x", "c": 5]) {
      _ = $0.text("a")
      _ = $0.moment("b")
      _ = $0.moment("c")
      $0.refuse("a", "again")
    }
    let moment =
      "日期时间格式错误。请从这些格式中选择：YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]。"
    #expect(
      refusal == #"{"a":["该字段是必填项。","again"],"b":["\#(moment)"],"c":["\#(moment)"]}"#)
  }

  @Test func `that may be absent are told from null`() throws {
    let body: JSONValue = ["null": nil, "empty": "", "text": "x", "flag": "true"]
    var reader = FieldReader(try CallInput(Request(.post, "/", body: .bytes(body.encoded()))))
    #expect(reader.optionalText("absent").replacing("old") == "old")
    #expect(reader.optionalText("null").replacing("old") == nil)
    #expect(reader.optionalText("empty").replacing("old") == "")
    #expect(reader.optionalText("text").replacing("old") == "x")
    #expect(reader.optionalKey("empty").replacing(7) == nil)
    #expect(reader.optionalFlag("flag").replacing(false) == true)
    try reader.check()
  }
}

@Suite struct `The body of a call` {
  @Test(arguments: ["text/plain", "application/xml; charset=utf-8", ""])
  func `of another media type is refused with 415`(type: String) {
    let headers = Fields(["Content-Type": type], ignoringCase: true)
    let request = Request(.post, "/", headers: headers, body: .bytes(Array("{}".utf8)))
    #expect(throws: Refusal.unsupportedMediaType(type)) { try CallInput(request) }
    #expect(
      Refusal.unsupportedMediaType("text/plain").body == ["detail": "不支持请求中的媒体类型 “text/plain”。"])
  }

  @Test(arguments: ["application/json", "Application/JSON; charset=utf-8", "application/json;x"])
  func `is JSON in every spelling of its type`(type: String) throws {
    let headers = Fields(["Content-Type": type], ignoringCase: true)
    let request = Request(.post, "/", headers: headers, body: .bytes(Array(#"{"a":1}"#.utf8)))
    #expect(try CallInput(request).members["a"] == 1)
  }

  @Test(arguments: ["{", "x", "\u{0}", #"{"a":}"#])
  func `that is no JSON cannot be read`(text: String) {
    let request = Request(.post, "/", body: .bytes(Array(text.utf8)))
    #expect(throws: PluginError.self) { try CallInput(request) }
  }

  @Test(arguments: [("[]", "list"), ("null", "NoneType"), ("\"x\"", "str"), ("1", "int")])
  func `that is no object is refused as a whole`(text: String, type: String) {
    let request = Request(.post, "/", body: .bytes(Array(text.utf8)))
    #expect(throws: Refusal.nonField("无效数据。期待为字典类型，得到的是 \(type) 。")) {
      try CallInput(request)
    }
  }
}
