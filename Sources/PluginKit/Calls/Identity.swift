/// The rights of an account. Roles add up: an admin is not automatically a teacher.
public struct Roles: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let student = Roles(rawValue: 1)
  public static let teacher = Roles(rawValue: 2)
  public static let staff = Roles(rawValue: 4)
  public static let admin = Roles(rawValue: 8)

  private static let names: [(Roles, String)] = [
    (.admin, "admin"), (.staff, "staff"), (.teacher, "teacher"), (.student, "student"),
  ]

  /// The roles by name, the most powerful first.
  public var names: [String] { Roles.names.filter { contains($0.0) }.map(\.1) }

  /// The role of that name.
  public init?(name: String) {
    guard let found = Roles.names.first(where: { $0.1 == name }) else { return nil }
    self = found.0
  }
}

/// A person's identifier in one of the documented systems; a person has at most one of each kind.
public enum ProfileKind: String, Sendable, Hashable, CaseIterable {
  case studentNumber = "student_number"
  case staffName = "staff_name"
  case studyName = "study_name"
  case courseUser = "course_user"
  case telephone = "telephone"
}

/// The other end of a connection or a call: an account, or a guest under some name.
public struct Identity: Sendable, Hashable {
  /// `u17` for account 17; a guest's begins with `g:`. The unit of presence.
  public let id: String
  /// nil for guests.
  public let account: Int64?
  public let name: String
  public let avatar: String
  public let roles: Roles
  public let profiles: [ProfileKind: String]
  /// An account that its holder made and the staff has not confirmed yet. It is a stranger to every
  /// operation, topic, message and dialect that does not admit such accounts.
  public let isProvisional: Bool
  /// The `Account.credentialVersion` at which this was found; it does not count in comparisons.
  public let credentialVersion: Int64
  /// Where this connection comes from, as far as the hub knows: for rules that open a topic to a
  /// network. It says nothing about who somebody is, so it does not count in comparisons.
  public var peer: Peer?
  /// The origin under which this connection reached the server, for links in snapshots. It does not
  /// count in comparisons either.
  public var origin: String?

  public init(
    account: Int64, name: String, avatar: String = "", roles: Roles,
    profiles: [ProfileKind: String] = [:], isProvisional: Bool = false,
    credentialVersion: Int64 = 0
  ) {
    id = "u\(account)"
    self.account = account
    self.name = name
    self.avatar = avatar
    self.roles = roles
    self.profiles = profiles
    self.isProvisional = isProvisional
    self.credentialVersion = credentialVersion
  }

  /// A person without an account. Two guests with one `key` are one user to the hub.
  public init(guest key: String, name: String, avatar: String = "") {
    id = "g:\(key)"
    account = nil
    self.name = name
    self.avatar = avatar
    roles = []
    profiles = [:]
    isProvisional = false
    credentialVersion = 0
  }

  /// A program that came in with a key. It subscribes to what the key names, is in no list of
  /// members, and says nothing.
  package init(program name: String) {
    id = "k:\(name)"
    account = nil
    self.name = name
    avatar = ""
    roles = []
    profiles = [:]
    isProvisional = false
    credentialVersion = 0
  }

  /// How the text of each key begins, which no token's does.
  package static let keyPrefix = "mk_"

  package var isProgram: Bool { account == nil && id.utf8.starts(with: "k:".utf8) }

  public var isGuest: Bool { account == nil }

  /// Whether an `id` is one of a guest.
  package static func isGuest(id: String) -> Bool { id.utf8.starts(with: "g:".utf8) }

  /// Has at least one of `roles`.
  public func hasAny(of roles: Roles) -> Bool { !self.roles.isDisjoint(with: roles) }
}

extension Identity {
  /// The identity that counts behind a rule: a guest's for a provisional account, unless the rule
  /// admits those.
  package func standing(where admitsProvisional: Bool, guest key: String) -> Identity {
    guard isProvisional, !admitsProvisional else { return self }
    var guest = Identity(guest: key, name: "")
    guest.peer = peer
    guest.origin = origin
    return guest
  }

  public static func == (a: Identity, b: Identity) -> Bool {
    a.id == b.id && a.account == b.account && a.name == b.name && a.avatar == b.avatar
      && a.roles == b.roles && a.profiles == b.profiles && a.isProvisional == b.isProvisional
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
