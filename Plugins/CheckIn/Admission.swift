internal import PluginKit

/// Who may do what: the open networks may do all that the documents know, everybody else only
/// what is their own, and staff everything.
struct Admission: Sendable {
  static let networks = "open_networks"

  let settings: Settings

  func isOpen(_ peer: Peer) -> Bool { peer.isIn(settings.networks(Admission.networks)) }

  /// May this call act as the student of that number?
  func requireActing(as number: String, _ request: Request) throws {
    if isOpen(request.peer) { return }
    let caller = try request.caller()
    guard Admission.owns(number, caller) else { throw PluginError.forbidden("not your number") }
  }

  /// May this call do what only staff does outside of the open networks?
  func requireStaff(_ request: Request) throws {
    if isOpen(request.peer) { return }
    guard try request.caller().isStaff else { throw PluginError.forbidden("staff only") }
  }

  static func owns(_ number: String, _ who: Identity) -> Bool {
    who.isStaff || who.profiles[.studentNumber] == number
  }

  /// Is a browser only guessing where its user will go? That must not check anybody in.
  static func isPrefetch(_ request: Request) -> Bool {
    ["sec-purpose", "purpose", "x-moz"].contains { header in
      guard let purpose = request.headers[header]?.lowercased() else { return false }
      return purpose.hasPrefix("prefetch") || purpose.hasPrefix("preview")
    }
  }
}

extension Identity {
  var isStaff: Bool { hasAny(of: [.staff, .admin]) }
}
