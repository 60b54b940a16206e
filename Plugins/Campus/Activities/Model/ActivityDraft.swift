internal import JSON

/// The fields of an activity that the back office makes or changes.
struct ActivityDraft: Sendable {
  let name: String
  let description: String
  let location: String
  let start: Moment
  let end: Moment
  let form: String
  let isOpen: Bool
  let limit: Int64?

  /// Fields that are left out keep their value where there is one. Throws a 400 with the refusals
  /// of all fields.
  init(_ input: CallInput, changing current: Activity? = nil) throws {
    var fields = FieldReader(try ActivityDraft.withFormAsText(input))
    name = fields.text("name", or: current?.name, longest: Activity.longestName)
    description = fields.text(
      "description", or: current?.description ?? "", allowsEmpty: true)
    location = fields.text("location", or: current?.location, longest: Activity.longestLocation)
    start = fields.moment("time_start", or: current?.start)
    end = fields.moment("time_end", or: current?.end)
    form = fields.text("form_metas", or: current?.form ?? "{}", longest: EnrollmentForm.longestText)
    isOpen = fields.optionalFlag("open_for_enrollment").replacing(current?.isOpen) ?? false
    limit = fields.optionalInteger("participants_total_limit").replacing(current?.limit)
    check(&fields)
    try fields.check()
  }

  private func check(_ fields: inout FieldReader) {
    if end < start && !fields.isRefused("time_start", "time_end") {
      fields.refuse("time_end", "结束时间不得早于开始时间。")
    }
    if EnrollmentForm(form) == nil && !fields.isRefused("form_metas") {
      fields.refuse("form_metas", "报名表单不合法。")
    }
    if let limit, limit < 0 {
      fields.refuse("participants_total_limit", "请确保该值大于或者等于 0。")
    }
  }

  /// The form may come as an object, too.
  private static func withFormAsText(_ input: CallInput) throws -> CallInput {
    guard let form = input.members["form_metas"]?.object else { return input }
    return input.replacing(
      "form_metas", .string(String(decoding: JSONValue.object(form).encoded(), as: UTF8.self)))
  }
}

extension FieldReader {
  /// A text that keeps its value where it is left out.
  mutating func text(
    _ name: String, or current: String?, longest: Int? = nil, allowsEmpty: Bool = false
  ) -> String {
    if let current, !has(name) { return current }
    return text(name, longest: longest, allowsEmpty: allowsEmpty)
  }

  mutating func moment(_ name: String, or current: Moment?) -> Moment {
    if let current, !has(name) { return current }
    return moment(name)
  }
}
