internal import PluginKit

// The audit trail: imports, tables, and acts of the staff for other people.
extension CheckInPlugin {
  /// Records an act that only the staff may do from outside. In an open network its author may be
  /// unknown.
  func record(_ action: String, on target: String, by request: Request, _ detail: String = "") {
    services.audit.record(
      AuditEvent(
        "checkin.\(action)", by: request.identity?.auditName ?? "", on: target,
        from: request.peer.address, detail))
  }

  /// Records an act of the staff for another person. Acts of people for themselves are in the
  /// table of their stays.
  func recordActing(_ action: String, for number: String, by request: Request) {
    guard let caller = request.identity, caller.isStaff,
      caller.profiles[.studentNumber] != number
    else { return }
    record(action, on: number, by: request)
  }
}
