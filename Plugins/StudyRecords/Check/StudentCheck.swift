/// Asks the college whether a student number and a password belong together.
///
/// The password exists in memory only: it is neither stored nor logged.
protocol StudentCheck: Sendable {
  func verify(_ number: String, _ password: String) async -> StudentVerdict
}

enum StudentVerdict: Sendable, Hashable {
  case good
  case badPair
  /// The other system does not answer, or it is not asked now.
  case unavailable
}

/// Accepts every pair: for development.
struct AcceptingCheck: StudentCheck {
  func verify(_ number: String, _ password: String) async -> StudentVerdict { .good }
}

/// Accepts no pair, because the settings name no check.
struct NoCheck: StudentCheck {
  func verify(_ number: String, _ password: String) async -> StudentVerdict { .unavailable }
}
