internal import JSON
internal import PluginKit
internal import Primitives

/// Accounts as the documents know them: by telephone number, with a unique name.
struct TelephoneLogins: Sendable {
  /// The picture of a new account, which old clients know.
  static let firstAvatar = "default"
  private static let tries = WindowLimit(count: 5, seconds: 60)

  private let accounts: any Accounts
  private let clock: any WallClock
  private let settings: Settings
  private let failures = Locked(WindowCounter<String>())

  init(_ services: PluginServices) {
    accounts = services.accounts
    clock = services.clock
    settings = services.settings
  }

  enum Outcome {
    case loggedIn(Account, token: String)
    case unknown
    case wrongPassword
  }

  /// Throws after too many attempts.
  func logIn(_ telephone: String, _ password: String, from peer: Peer) async throws -> Outcome {
    guard let number = TelephoneLogins.number(telephone) else { return .unknown }
    let key = "\(number) \(peer.client)"
    if let wait = failures.withLock({ $0.wait(key, TelephoneLogins.tries, at: clock.now) }) {
      throw TelephoneLogins.tooMany(seconds: Int((wait + 999) / 1000))
    }
    let outcome = try await accounts.logIn(
      .profile(.telephone, number), password: password, from: peer)
    switch outcome {
    case .success(let account):
      let life = TokenLife.sliding(seconds: max(1, settings.number("token_days")) * 86_400)
      let token = try await accounts.issueToken(for: account, purpose: "chat", life: life)
      return .loggedIn(account, token: token.text)
    case .unknown, .disabled:
      failed(key)
      return .unknown
    case .wrongPassword:
      failed(key)
      return .wrongPassword
    case .throttled(let seconds): throw TelephoneLogins.tooMany(seconds: seconds)
    }
  }

  private func failed(_ key: String) {
    failures.withLock { _ = $0.take(key, TelephoneLogins.tries, at: clock.now) }
  }

  private static func tooMany(seconds: Int) -> PluginError {
    PluginError(.tooManyRequests, "too many requests", retryAfterSeconds: seconds)
  }

  enum Registration {
    case registered, taken, closed
    /// With the reason, for people.
    case refused(String)
  }

  /// The name is also the login, which makes it unique.
  func register(_ telephone: String, _ name: String, _ password: String, from peer: Peer)
    async throws -> Registration
  {
    guard let number = TelephoneLogins.number(telephone) else {
      return .refused("the telephone number has digits only")
    }
    guard name.unicodeScalars.count <= 64 else {
      return .refused("the name has at most 64 characters")
    }
    var new = NewAccount(login: name, name: name, password: password, roles: .student)
    new.avatar = TelephoneLogins.firstAvatar
    new.profiles[.telephone] = number
    do {
      try await accounts.register(new, from: peer)
      return .registered
    } catch let error as AccountError {
      switch error.code {
      case .loginTaken, .profileTaken, .emailTaken, .nameTaken: return .taken
      case .registrationClosed: return .closed
      case .passwordTooShort, .publicPassword, .invalid, .unknown: return .refused(error.detail)
      }
    }
  }

  /// The number wins over the name where both are given.
  func find(telephone: String?, name: String?) async throws -> Account? {
    guard let telephone else {
      guard let name else { return nil }
      return try await accounts.find(.login(name))
    }
    guard let number = TelephoneLogins.number(telephone) else { return nil }
    return try await accounts.find(.profile(.telephone, number))
  }

  /// The canonical form of a telephone number; nil for any other text.
  private static func number(_ text: String) -> String? {
    guard let number = Int64(text), number >= 0 else { return nil }
    return String(number)
  }
}

extension Account {
  /// The document's user object, always with an empty password.
  var chatUser: JSONObject {
    let number = profiles[.telephone].flatMap { Int64($0) }
    return [
      "user_tel": JSONValue(number), "user_name": .string(name), "user_password": "",
      "user_avatar_url": .string(avatar),
    ]
  }
}
