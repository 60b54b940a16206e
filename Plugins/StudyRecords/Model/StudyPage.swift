internal import JSON

/// Twenty records of a list, in the order of their ids.
struct StudyPage: Sendable {
  static let size = 20
  /// More records than any table has.
  static let counts = 0...1 << 32
  static let empty = StudyPage(number: 1, count: 0, studys: [])

  let number: Int
  /// Of the records on all pages.
  let count: Int
  let studys: [Study]

  /// The number of pages, at least one.
  static func pages(_ count: Int) -> Int { max(1, (count + size - 1) / size) }

  /// The documented list of `user`, or of all users if that is nil.
  func json(_ links: Links, of user: Int64?) -> JSONValue {
    let next = number < StudyPage.pages(count) ? links.studys(of: user, page: number + 1) : nil
    let previous = number > 1 ? links.studys(of: user, page: number - 1) : nil
    return [
      "count": JSONValue(count), "next": JSONValue(next), "prev": JSONValue(previous),
      "studys": .array(studys.map { $0.json(links) }),
    ]
  }
}
