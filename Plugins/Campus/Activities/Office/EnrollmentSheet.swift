internal import JSON
internal import PluginKit

/// The enrolments of an activity as a table: one column for each question and for each item.
struct EnrollmentSheet {
  private static let heading = ["工号", "姓名", "报名时间"]

  let activity: Activity
  let items: [ClockinItem]
  let enrollments: [EnrollmentStore.Listed]

  var sheet: Sheet {
    let questions = EnrollmentForm(activity.form)?.questions.map(\.name) ?? []
    let first = EnrollmentSheet.heading + questions + items.map(\.label)
    let rows = enrollments.map { row(of: $0, questions) }
    return Sheet(name: "报名", rows: [first.map { .text($0) }] + rows)
  }

  private func row(of listed: EnrollmentStore.Listed, _ questions: [String]) -> [Sheet.Cell] {
    let answers = EnrollmentForm.object(listed.enrollment.answers) ?? [:]
    let facts: [Sheet.Cell] = [
      .text(listed.username), .text(listed.fullName), .text(listed.enrollment.time.text),
    ]
    let given = questions.map { EnrollmentSheet.cell(answers[$0]) }
    let done = items.map { item in
      Sheet.Cell.text(listed.labels.contains(item.label) ? "已打卡" : "未打卡")
    }
    return facts + given + done
  }

  /// The choices of a question are joined.
  private static func cell(_ answer: JSONValue?) -> Sheet.Cell {
    switch answer {
    case nil, .null: return .empty
    case .int(let number): return .number(Double(number))
    case .string(let text): return .text(text)
    case .array(let choices): return .text(choices.map(text).joined(separator: ", "))
    case let other?: return .text(text(other))
    }
  }

  private static func text(_ value: JSONValue) -> String {
    value.string ?? PythonJSON.text(value, escapesNonASCII: false)
  }
}
