/// The fields of a clock-in item that the back office makes or changes.
struct ClockinDraft: Sendable {
  let activity: Int64
  let label: String
  let from: Moment
  let to: Moment

  /// Fields that are left out keep their value where there is one; an item stays with its activity.
  init(_ input: CallInput, changing current: ClockinItem? = nil) throws {
    var fields = FieldReader(input)
    activity = current?.activity ?? fields.key("activity")
    label = fields.text("label", or: current?.label, longest: ClockinLabel.longest)
    from = fields.moment("from_time", or: current?.from)
    to = fields.moment("to_time", or: current?.to)
    if !ClockinLabel.isUsable(label) { fields.refuse("label", ClockinLabel.complaint) }
    if to < from && !fields.isRefused("from_time", "to_time") {
      fields.refuse("to_time", "结束时间不得早于开始时间。")
    }
    try fields.check()
  }
}
