/// The rules for accounts that people make for themselves, and for the passwords that people choose.
///
/// One value for all systems: every call that registers someone goes through `Accounts.register`.
public struct RegistrationRules: Sendable, Hashable {
  public enum Admission: String, Sendable, Hashable, CaseIterable {
    case closed
    /// Only callers in `networks`.
    case openNetworks = "open_networks"
    case open
  }

  public var admission: Admission
  public var networks: [AddressRange]
  /// Characters of the shortest password.
  public var passwordLength: Int

  public init(
    _ admission: Admission = .openNetworks, networks: [AddressRange] = privateNetworks,
    passwordLength: Int = 8
  ) {
    self.admission = admission
    self.networks = networks
    self.passwordLength = passwordLength
  }

  /// Loopback and the private networks.
  public static let privateNetworks = [
    "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
    "fc00::/7", "fe80::/10",
  ].compactMap { AddressRange($0) }

  /// Throws if nobody may register from `peer`.
  public func check(_ peer: Peer) throws(AccountError) {
    let isOpen =
      switch admission {
      case .closed: false
      case .openNetworks: peer.isIn(networks)
      case .open: true
      }
    guard isOpen else {
      throw AccountError(.registrationClosed, "registration is closed here")
    }
  }

  /// Throws if `password` is shorter than people may choose.
  public func check(password: String) throws(AccountError) {
    guard password.count >= passwordLength else {
      throw AccountError(
        .passwordTooShort, "a password has at least \(passwordLength) characters")
    }
  }
}
