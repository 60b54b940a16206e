import Storage
import Testing

@Suite struct StoreErrorTests {
  @Test func `the description leaves out the engine's own words`() {
    var error = StoreError(.unique, "taken", detail: "Key (tel)=(138) exists")
    error.table = "users"
    error.columns = ["tel"]
    #expect(error.description == "unique: taken (users: tel)")
    #expect(error.debugDescription == "unique: taken (users: tel) [Key (tel)=(138) exists]")
    #expect(error.isUniqueViolation(of: "tel"))
    #expect(!error.isUniqueViolation(of: "name"))
  }

  @Test func `only what may pass by itself is temporary`() {
    let temporary = StoreError.Code.allCases.filter { StoreError($0, "").isTemporary }
    #expect(temporary == [.busy, .full, .unavailable, .overloaded, .timeout])
  }
}
