internal import PluginKit
internal import Primitives

/// Runs the configured check with bounds on its number, its time and its failures.
///
/// The other system may hang. Only so many registrations wait for it, and nothing else does.
final class StudentChecks: Sendable {
  private static let mostAtOnce = 8
  private static let wrongPasswords = WindowLimit(count: 5, seconds: 600)

  private let services: PluginServices
  private let running = Locked(0)
  /// Bounds guesses of a student's password at the college through this server.
  private let attempts = Locked(WindowCounter<String>())

  init(_ services: PluginServices) { self.services = services }

  /// Whether a good verdict means that the number is the student's.
  var provesNumbers: Bool { kind != .always }

  /// Throws a 429 for a number with too many wrong passwords.
  ///
  /// An attempt counts before its answer is there, so that concurrent guesses are bounded as well.
  func verify(_ number: String, _ password: String) async throws -> StudentVerdict {
    try takeAttempt(number)
    guard begin() else {
      giveBack(number)
      return .unavailable
    }
    defer { running.withLock { $0 -= 1 } }
    let verdict = await check.verify(number, password)
    if verdict != .badPair { giveBack(number) }
    return verdict
  }

  private func takeAttempt(_ number: String) throws {
    let now = services.clock.now
    let wait = attempts.withLock { $0.take(number, StudentChecks.wrongPasswords, at: now) }
    guard let wait else { return }
    throw PluginError(
      .tooManyRequests, "too many requests", retryAfterSeconds: Int((wait + 999) / 1000))
  }

  private func giveBack(_ number: String) { attempts.withLock { $0.giveBack(number) } }

  private func begin() -> Bool {
    running.withLock { running in
      guard running < StudentChecks.mostAtOnce else { return false }
      running += 1
      return true
    }
  }

  private var kind: CheckKind? { CheckKind(rawValue: services.settings.text(Keys.check)) }

  private var check: any StudentCheck {
    let settings = services.settings
    return switch kind {
    case .table: TableCheck(store: services.store, log: services.log)
    case .service:
      ServiceCheck(
        url: settings.text(Keys.checkURL), seconds: settings.number(Keys.checkSeconds),
        web: services.web, clock: services.clock, log: services.log)
    case .always: AcceptingCheck()
    case nil: NoCheck()
    }
  }
}

/// The values of `study.student_check`.
enum CheckKind: String, CaseIterable {
  case table, service, always
}
