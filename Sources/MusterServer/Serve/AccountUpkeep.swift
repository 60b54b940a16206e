internal import AccountStore
internal import Configuration
internal import Loop
internal import PluginKit
internal import Primitives

/// Finds what other programs have revoked and which tokens have expired, and lets those live on
/// with which somebody is connected.
///
/// `muster account disable` is another program than the server; its rows are found in the database
/// twice a second, so that connections end within one.
final class AccountUpkeep: Sendable {
  private static let pause = Duration.milliseconds(500)
  private static let turnsPerSweep = 7200

  private let accounts: StoredAccounts
  private let log: Log
  private let work = Locked<Task<Void, Never>?>(nil)

  init(_ accounts: StoredAccounts, log: Log) {
    self.accounts = accounts
    self.log = log
  }

  /// - Parameter tokensInUse: the hashes of the tokens with which somebody is connected.
  func start(tokensInUse: @escaping @Sendable () async -> Set<[UInt8]>) {
    let task = Task { [self] in
      var turn = 0
      var isFailing = false
      while !Task.isCancelled {
        do {
          try await accounts.pollRevocations(tokensInUse: tokensInUse)
          if turn % AccountUpkeep.turnsPerSweep == 0 {
            try await accounts.prolong(tokens: await tokensInUse())
            try await accounts.sweep()
          }
          isFailing = false
        } catch {
          // One line when it begins, not two per second for as long as it lasts.
          if !isFailing { log.error("revocations cannot be read", ["reason": "\(error)"]) }
          isFailing = true
        }
        turn += 1
        try? await Task.sleep(for: AccountUpkeep.pause)
      }
    }
    work.withLock { $0 = task }
  }

  func stop() async {
    let task = work.withLock { $0.take() }
    task?.cancel()
    await task?.value
  }
}

extension StoredAccounts.Options {
  init(_ configuration: ServerConfiguration) {
    self.init()
    hashingThreads = configuration[Keys.hashingThreads]
    countsLoopback = !configuration[Keys.demo]
    publicPasswords = configuration[Keys.demo] ? [:] : DemoAccounts.passwords
    accountRule = .account(configuration)
    addressRule = .address(configuration)
    loginsPerMinute = configuration[Keys.loginsPerAccount]
    registration = RegistrationRules(configuration)
  }
}

extension RegistrationRules {
  init(_ configuration: ServerConfiguration) {
    self.init(
      Admission(configuration[Keys.registration]),
      networks: configuration[Keys.registrationNetworks].compactMap { AddressRange($0) },
      passwordLength: configuration[Keys.passwordLength])
  }
}

extension RegistrationRules.Admission {
  fileprivate init(_ choice: Registration) {
    self =
      switch choice {
      case .closed: .closed
      case .openNetworks: .openNetworks
      case .open: .open
      }
  }
}

extension ThrottleRule {
  static func account(_ configuration: ServerConfiguration) -> ThrottleRule {
    var rule = account
    rule.freeFailures = configuration[Keys.accountFailures]
    return rule
  }

  static func address(_ configuration: ServerConfiguration) -> ThrottleRule {
    var rule = address
    rule.freeFailures = configuration[Keys.addressFailures]
    return rule
  }
}
