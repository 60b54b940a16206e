internal import JSON

extension EnrollmentForm {
  /// Why answers are refused, in the words for the person who gave them.
  struct Refusal: Error, Equatable {
    let sentence: String
  }

  /// The answers as they are stored: defaults filled in, numbers as numbers, and members that are
  /// no questions as they came.
  func cleaned(_ answers: JSONObject) throws(Refusal) -> JSONObject {
    var cleaned = answers
    for question in questions {
      cleaned[question.name] = try question.cleaned(answers[question.name])
    }
    return cleaned
  }
}

extension EnrollmentForm.Question {
  fileprivate func cleaned(_ answer: JSONValue?) throws(EnrollmentForm.Refusal) -> JSONValue {
    guard let answer, !answer.isNull, answer != "" else {
      guard !isRequired else { throw refusal("必填项\(name)不得为空。") }
      return standard ?? (kind == .checkbox ? [] : "")
    }
    switch kind {
    case .text, .textarea: return .string(text(answer))
    case .number: return try number(answer)
    case .radio:
      guard choices.contains(answer) else { throw refusal("单选项不合法") }
      return answer
    case .checkbox:
      guard let chosen = answer.array, chosen.allSatisfy(choices.contains) else {
        throw refusal("多选项不合法")
      }
      return answer
    }
  }

  /// A scalar as Python's `str` writes it.
  private func text(_ answer: JSONValue) -> String {
    switch answer {
    case .string(let text): text
    case .bool(let flag): flag ? "True" : "False"
    case .null, .int, .double, .raw, .array, .object:
      PythonJSON.text(answer, escapesNonASCII: false)
    }
  }

  private func number(_ answer: JSONValue) throws(EnrollmentForm.Refusal) -> JSONValue {
    if case .int = answer { return answer }
    guard let text = answer.string, text.utf8.allSatisfy({ (48...57).contains($0) }),
      let number = Int64(text)
    else { throw refusal("数字不合法") }
    return .int(number)
  }

  private func refusal(_ reason: String) -> EnrollmentForm.Refusal {
    EnrollmentForm.Refusal(sentence: "\(reason)（字段：\(name)）")
  }
}
