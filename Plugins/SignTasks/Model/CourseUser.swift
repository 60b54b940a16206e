internal import PluginKit

/// A person of this system: `userSysID` of the document, and the rights of their roles.
struct CourseUser: Sendable, Hashable {
  enum Kind: String, Sendable {
    case student, teacher
    case administrator = "super"
  }

  let id: Int64
  let kind: Kind

  func require(_ kind: Kind, or code: Int) throws(Verdict) {
    guard self.kind == kind else { throw Verdict(code) }
  }
}

extension Identity {
  /// Teaching wins over everything: the administrator of the example data teaches, too.
  var courseKind: CourseUser.Kind {
    if roles.contains(.teacher) { return .teacher }
    return roles.contains(.student) ? .student : .administrator
  }
}
