public import Storage

/// The promises of every store, one clause at a time.
///
/// A clause takes a fresh, empty store, and throws a sentence when the store breaks the promise.
/// Test targets run all clauses on each engine:
/// ```swift
/// @Test(arguments: StoreContract.clauses)
/// func `SQLite keeps the contract`(clause: StoreContract) async throws { … }
/// ```
public struct StoreContract: Sendable, CustomStringConvertible {
  public let description: String
  public let check: @Sendable (any Store) async throws -> Void

  init(_ description: String, _ check: @escaping @Sendable (any Store) async throws -> Void) {
    self.description = description
    self.check = check
  }

  public static let clauses =
    values + statements + failures + units + crowds + migrations
}

/// The sentence that says which promise was broken.
public struct ContractViolation: Error, CustomStringConvertible {
  public let description: String
}

func expect(_ isKept: Bool, _ sentence: @autoclosure () -> String) throws(ContractViolation) {
  if !isKept { throw ContractViolation(description: sentence()) }
}

func expectEqual<Thing: Equatable>(
  _ found: Thing, _ wanted: Thing, _ what: String
) throws(ContractViolation) {
  try expect(found == wanted, "\(what): \(found), expected \(wanted)")
}

/// The work must fail with this code.
@discardableResult
func expectFailure<Result>(
  _ code: StoreError.Code, _ what: String, _ work: () async throws -> Result
) async throws -> StoreError {
  do {
    _ = try await work()
  } catch let error as StoreError {
    try expect(
      error.code == code, "\(what) failed with \(error.debugDescription), expected \(code)")
    return error
  }
  throw ContractViolation(description: "\(what) did not fail")
}
