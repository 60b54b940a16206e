internal import JSON
internal import PluginKit
internal import Primitives

/// Accounts as the documents know them: by telephone number, with a name that nobody else has.
struct Logins: Sendable {
  /// What the pictures of old clients begin with.
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

  /// Throws where somebody tries too often.
  func logIn(_ telephone: String, _ password: String, from peer: Peer) async throws -> Outcome {
    guard let number = Logins.number(telephone) else { return .unknown }
    let key = "\(number) \(peer.client)"
    if let wait = failures.withLock({ $0.wait(key, Logins.tries, at: clock.now) }) {
      throw Logins.tooMany(seconds: Int((wait + 999) / 1000))
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
    case .throttled(let seconds): throw Logins.tooMany(seconds: seconds)
    }
  }

  private func failed(_ key: String) {
    failures.withLock { _ = $0.take(key, Logins.tries, at: clock.now) }
  }

  private static func tooMany(seconds: Int) -> PluginError {
    PluginError(.tooManyRequests, "too many requests", retryAfterSeconds: seconds)
  }

  enum Registration {
    case registered, taken, closed
    /// Why, for people.
    case refused(String)
  }

  /// The name is also the login: that is what keeps it from being taken twice.
  func register(_ telephone: String, _ name: String, _ password: String, from peer: Peer)
    async throws -> Registration
  {
    guard let number = Logins.number(telephone) else {
      return .refused("the telephone number has digits only")
    }
    guard name.unicodeScalars.count <= 64 else {
      return .refused("the name has at most 64 characters")
    }
    var new = NewAccount(login: name, name: name, password: password, roles: .student)
    new.avatar = Logins.firstAvatar
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
    guard let number = Logins.number(telephone) else { return nil }
    return try await accounts.find(.profile(.telephone, number))
  }

  /// The one way to write a number; nil for what is none.
  private static func number(_ text: String) -> String? {
    guard let number = Int64(text), number >= 0 else { return nil }
    return String(number)
  }
}

extension Account {
  /// The document's user object. Nobody is told a password, not even a hash of it.
  var chatUser: JSONObject {
    let number = profiles[.telephone].flatMap { Int64($0) }
    return [
      "user_tel": JSONValue(number), "user_name": .string(name), "user_password": "",
      "user_avatar_url": .string(avatar),
    ]
  }
}
