internal import PluginKit

// The audit trail of this system: imports, tables, and acts of the staff for other people.
extension CheckInPlugin {
  /// An act that only the staff may do from outside; in an open network it may have no name.
  func note(_ action: String, on target: String, by request: Request, _ detail: String = "") {
    services.audit.record(
      AuditEvent(
        "checkin.\(action)", by: request.identity?.auditName ?? "", on: target,
        from: request.peer.address, detail))
  }

  /// The same where the staff acts for another person. Acts of people for themselves are in the
  /// table of their stays.
  func noteActing(_ action: String, for number: String, by request: Request) {
    guard let caller = request.identity, caller.isStaff,
      caller.profiles[.studentNumber] != number
    else { return }
    note(action, on: number, by: request)
  }
}
