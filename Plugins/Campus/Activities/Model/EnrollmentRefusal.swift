internal import JSON

/// The documented reasons for which an enrolment is refused.
enum EnrollmentRefusal {
  static let full = "报名人数已经达到上限，无法继续报名。"
  static let repeated = Refusal.nonField("你已经报名过该活动。")

  /// - Parameter field: the member under which a full activity is told: another one once the
  ///   transaction has begun.
  static func check(_ activity: Activity, at now: Moment, field: String) throws(Refusal) {
    guard activity.isOpen else { throw .field("activity", "报名通道暂未开启。") }
    guard now <= activity.end else { throw .field("activity", "该活动已结束，无法继续报名。") }
    if let limit = activity.limit, activity.enrollments >= limit { throw .field(field, full) }
  }

  /// The answers as they are stored.
  static func cleaned(_ answers: String, for activity: Activity) throws(Refusal) -> String {
    guard let form = EnrollmentForm(activity.form), let given = EnrollmentForm.object(answers)
    else { throw .nonField(EnrollmentForm.broken) }
    do {
      return PythonJSON.text(.object(try form.cleaned(given)), escapesNonASCII: false)
    } catch {
      throw .nonField(error.sentence)
    }
  }
}
