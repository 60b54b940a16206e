/// An act that an operator may have to explain later: a refused login, a lock, a new key.
///
/// Texts from outside are shortened and lose their control characters. None of them is a secret.
public struct AuditEvent: Sendable, Hashable {
  /// Such as `account.locked`.
  public let action: String
  /// The person or program that acted, such as `admin (u1)` or `key exporter`; empty if unknown.
  public let actor: String
  /// The object of the act: an account, a topic, a path.
  public let target: String
  /// The address of the actor; empty for the server itself and for commands.
  public let address: String
  public let detail: String

  public init(
    _ action: String, by actor: String = "", on target: String = "", from address: String = "",
    _ detail: String = ""
  ) {
    self.action = action
    self.actor = AuditEvent.harmless(actor)
    self.target = AuditEvent.harmless(target)
    self.address = AuditEvent.harmless(address)
    self.detail = AuditEvent.harmless(detail)
  }

  private static let longest = 200

  private static func harmless(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(longest) where !isControl(scalar) {
      kept.append(scalar)
    }
    return String(kept)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

/// The audit trail: acts of staff and commands, refused logins and keys.
public struct Audit: Sendable {
  private let sink: @Sendable (_ event: AuditEvent, _ isPaced: Bool) -> Void

  public init(_ sink: @escaping @Sendable (_ event: AuditEvent, _ isPaced: Bool) -> Void) {
    self.sink = sink
  }

  /// Drops everything.
  public static let silent = Audit { _, _ in }

  public func record(_ event: AuditEvent) { sink(event, false) }

  /// Records an event that anyone can cause at any rate: equal ones once a minute.
  public func recordPaced(_ event: AuditEvent) { sink(event, true) }
}

extension Identity {
  /// The actor of an audit event.
  public var auditName: String { "\(name) (\(id))" }
}

extension Account {
  /// The target or the actor of an audit event.
  public var auditName: String { "\(login) (u\(id))" }
}
