import MusterTesting
import Storage
import Testing

let isMissing = ThrowawayPostgres.missing != nil
let whyMissing = Comment(rawValue: ThrowawayPostgres.missing ?? "")

@Suite(.disabled(if: isMissing, whyMissing)) struct PostgresContractTests {
  @Test(arguments: StoreContract.clauses)
  func `PostgreSQL keeps the contract`(clause: StoreContract) async throws {
    try await withFreshStore(.postgres) { store in try await clause.check(store) }
  }
}
