internal import JSON

/// The questions of an activity's enrolment form, in the order in which they are asked.
struct EnrollmentForm: Sendable, Equatable {
  enum Kind: String, Sendable {
    case text, textarea, number, radio, checkbox
  }

  struct Question: Sendable, Equatable {
    let name: String
    let kind: Kind
    var isRequired = false
    var standard: JSONValue?
    var choices: [JSONValue] = []
  }

  static let broken = "报名失败：报名表单不合法。"
  static let longestText = 65_536

  let questions: [Question]

  /// Nil if the text is no form.
  init?(_ text: String) {
    guard let object = EnrollmentForm.object(text) else { return nil }
    var questions: [Question] = []
    for (name, rule) in object.members {
      guard let question = Question(name, rule) else { return nil }
      questions.append(question)
    }
    self.questions = questions
  }

  /// The members of a JSON object within the limits of a form.
  static func object(_ text: String) -> JSONObject? {
    let limits = JSONLimits(bytes: longestText, values: 5000, lastDuplicateWins: true)
    return (try? JSONValue(parsing: Array(text.utf8), limits: limits))?.object
  }
}

extension EnrollmentForm.Question {
  init?(_ name: String, _ rule: JSONValue) {
    guard let kind = rule["type"]?.string.flatMap(EnrollmentForm.Kind.init) else { return nil }
    self.init(name: name, kind: kind)
    isRequired = rule["required"]?.bool ?? false
    standard = rule["default"].flatMap { $0.isNull ? nil : $0 }
    choices = rule["choices"]?.array ?? []
    let wantsChoices = kind == .radio || kind == .checkbox
    if wantsChoices && choices.isEmpty { return nil }
  }
}
