import JSON
import Testing

@testable import Campus

@Suite struct `An enrolment form` {
  private static let sports = """
    {"性别":{"required":false,"type":"radio","default":"男","choices":["男","女"]},
    "爱好":{"required":true,"type":"checkbox","choices":["编程","数学"]},
    "年龄":{"required":true,"type":"number"},"备注":{"type":"textarea"}}
    """

  private func cleaned(_ answers: String, form: String = sports) throws -> String {
    let form = try #require(EnrollmentForm(form))
    let answers = try #require(EnrollmentForm.object(answers))
    return PythonJSON.text(.object(try form.cleaned(answers)), escapesNonASCII: false)
  }

  @Test func `stores the document's answer in the document's spelling`() throws {
    let form = #"{"姓名":{"required":true,"type":"text"}}"#
    #expect(try cleaned(#"{"姓名":"陈伟"}"#, form: form) == #"{"姓名": "陈伟"}"#)
  }

  @Test func `fills in defaults, turns digits into numbers and keeps what it did not ask`() throws {
    #expect(
      try cleaned(#"{"年龄":"042","extra":{"a":[1]},"爱好":["数学"],"性别":""}"#)
        == #"{"年龄": 42, "extra": {"a": [1]}, "爱好": ["数学"], "性别": "男", "备注": ""}"#)
  }

  @Test func `turns what is no text into text`() throws {
    let form = #"{"a":{"type":"text"},"b":{"type":"textarea"},"c":{"type":"text"}}"#
    #expect(
      try cleaned(#"{"a":5,"b":true,"c":[1,"x"]}"#, form: form)
        == #"{"a": "5", "b": "True", "c": "[1, \"x\"]"}"#)
  }

  @Test func `gives an empty list for a choice that is not made`() throws {
    let form = #"{"a":{"type":"checkbox","choices":["x"]},"b":{"type":"number"}}"#
    #expect(try cleaned("{}", form: form) == #"{"a": [], "b": ""}"#)
  }

  @Test(arguments: [
    (#"{}"#, "必填项爱好不得为空。（字段：爱好）"),
    (#"{"爱好":""}"#, "必填项爱好不得为空。（字段：爱好）"),
    (#"{"爱好":[]}"#, "必填项年龄不得为空。（字段：年龄）"),
    (#"{"爱好":[],"年龄":"1x"}"#, "数字不合法（字段：年龄）"),
    (#"{"爱好":[],"年龄":"-1"}"#, "数字不合法（字段：年龄）"),
    (#"{"爱好":[],"年龄":"99999999999999999999"}"#, "数字不合法（字段：年龄）"),
    (#"{"爱好":[],"年龄":1.5}"#, "数字不合法（字段：年龄）"),
    (#"{"爱好":[],"年龄":true}"#, "数字不合法（字段：年龄）"),
    (#"{"性别":"无"}"#, "单选项不合法（字段：性别）"),
    (#"{"性别":["男"]}"#, "单选项不合法（字段：性别）"),
    (#"{"爱好":["编程","睡觉"]}"#, "多选项不合法（字段：爱好）"),
    (#"{"爱好":"编程"}"#, "多选项不合法（字段：爱好）"),
  ])
  func `refuses an answer with the document's words`(answers: String, sentence: String) {
    #expect(throws: EnrollmentForm.Refusal(sentence: sentence)) { try cleaned(answers) }
  }

  @Test(arguments: [
    "", "[]", "x", #"{"a":{}}"#, #"{"a":{"type":"file"}}"#, #"{"a":{"type":"radio"}}"#, #"{"a":1}"#,
  ])
  func `is refused when it is none`(form: String) {
    #expect(EnrollmentForm(form) == nil)
  }

  @Test func `can be empty`() throws {
    #expect(try cleaned("{}", form: "{}") == "{}")
  }
}
