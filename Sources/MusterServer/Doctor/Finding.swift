/// The result of one check of the doctor.
struct Finding: Sendable, Equatable {
  enum Level: String, Sendable {
    case good = "ok  "
    case warning = "warn"
    case failure = "FAIL"
  }

  let level: Level
  let subject: String
  let sentence: String
  /// The way to mend it; nil if nothing is wrong.
  let remedy: String?

  static func good(_ subject: String, _ sentence: String) -> Finding {
    Finding(level: .good, subject: subject, sentence: sentence, remedy: nil)
  }

  static func warning(_ subject: String, _ sentence: String, _ remedy: String) -> Finding {
    Finding(level: .warning, subject: subject, sentence: sentence, remedy: remedy)
  }

  static func failure(_ subject: String, _ sentence: String, _ remedy: String) -> Finding {
    Finding(level: .failure, subject: subject, sentence: sentence, remedy: remedy)
  }

  var lines: [String] {
    let head = "\(level.rawValue)  \(subject): \(sentence)"
    return remedy.map { [head, "      → \($0)"] } ?? [head]
  }
}
