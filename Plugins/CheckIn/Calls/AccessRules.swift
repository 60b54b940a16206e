internal import PluginKit

/// The rights of a caller: the open networks may use all documented calls, other callers only
/// those about themselves, and staff everything.
struct AccessRules: Sendable {
  static let networks = "open_networks"

  let settings: Settings

  func isOpen(_ peer: Peer) -> Bool { peer.isIn(settings.networks(AccessRules.networks)) }

  /// Throws unless the call may act as the student of that number.
  func requireActing(as number: String, _ request: Request) throws {
    if isOpen(request.peer) { return }
    let caller = try request.caller()
    guard AccessRules.owns(number, caller) else { throw PluginError.forbidden("not your number") }
  }

  /// Throws unless the call may do what is for staff outside of the open networks.
  func requireStaff(_ request: Request) throws {
    if isOpen(request.peer) { return }
    guard try request.caller().isStaff else { throw PluginError.forbidden("staff only") }
  }

  static func owns(_ number: String, _ who: Identity) -> Bool {
    who.isStaff || who.profiles[.studentNumber] == number
  }

  /// Whether a browser only prefetches the address, which must not check anyone in.
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
