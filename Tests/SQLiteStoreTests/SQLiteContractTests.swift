import MusterTesting
import SQLiteStore
import Storage
import Testing

@Suite struct SQLiteContractTests {
  @Test(arguments: StoreContract.clauses)
  func `a database in a file keeps the contract`(clause: StoreContract) async throws {
    try await withStore { store, _ in try await clause.check(store) }
  }

  @Test(arguments: StoreContract.clauses)
  func `a database in memory keeps the contract`(clause: StoreContract) async throws {
    let store = try await SQLiteStore.open(.memory)
    try await clause.check(store)
    await store.close()
  }
}
