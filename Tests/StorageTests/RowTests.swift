import Storage
import Testing

@Suite struct RowTests {
  private let row = Row(
    columns: Columns(["id", "name", "part", "photo", "gone", "open"]),
    values: [7, "Lin", 0.5, .blob([1]), nil, 1])

  @Test func `values are found by name and by position`() throws {
    #expect(row["name"] == .text("Lin"))
    #expect(row["nobody"] == nil)
    #expect(row[2] == .real(0.5))
    #expect(try row.int("id") == 7)
    #expect(try row.int64("id") == 7)
    #expect(try row.text("name") == "Lin")
    #expect(try row.real("part") == 0.5)
    #expect(try row.real("id") == 7)
    #expect(try row.blob("photo") == [1])
    #expect(try row.bool("open"))
  }

  @Test func `null is nil for the optional accessors and an error for the others`() throws {
    #expect(try row.optionalInt("gone") == nil)
    #expect(try row.optionalText("gone") == nil)
    #expect(try row.optionalReal("gone") == nil)
    #expect(try row.optionalBlob("gone") == nil)
    #expect(try row.optionalBool("gone") == nil)
    #expect(throws: StoreError(.mismatch, "column gone is null")) { try row.int("gone") }
  }

  @Test func `errors name the column, and never show the value`() {
    #expect(throws: StoreError(.mismatch, "column name holds text, not an integer")) {
      try row.int("name")
    }
    #expect(throws: StoreError(.mismatch, "column id holds an integer, not text")) {
      try row.text("id")
    }
    #expect(throws: StoreError.self) { try row.int("nobody") }
    #expect(throws: StoreError.self) { try row.optionalInt("nobody") }
  }

  @Test func `things become values`() {
    let missing: String? = nil
    let bindables: [any Bindable] = [
      1, Int32(2), UInt32(3), 0.5, "x", "xyz".dropFirst(), true, [UInt8(9)], missing, Optional(4),
    ]
    #expect(
      bindables.map(\.boundValue) == [1, 2, 3, 0.5, "x", "yz", 1, .blob([9]), nil, 4])
  }

  @Test func `what no engine could keep is refused`() {
    #expect(throws: StoreError.self) { try Value.text("a\0b").checkStorable() }
    let tooMuch = [UInt8](repeating: 0, count: Value.largestSize + 1)
    #expect(throws: StoreError.self) { try Value.blob(tooMuch).checkStorable() }
    #expect(throws: Never.self) { try Value.blob([0]).checkStorable() }
  }

  @Test(arguments: [
    (Int64.min, 0, 0, 3), (-1, 0, 0, 3), (7, 7, 7, 7), (1 << 45, 253_402_300_799, 1 << 45, 9),
    (.max, 253_402_300_799, 253_402_300_799_000, 9),
  ])
  func `numbers that another program may have written are bounded`(
    stored: Int64, seconds: Int64, milliseconds: Int64, number: Int
  ) throws {
    let row = Row(columns: Columns(["at", "gone"]), values: [.int(stored), .null])
    #expect(try row.unixSeconds("at") == seconds)
    #expect(try row.optionalUnixSeconds("at") == seconds)
    #expect(try row.unixMilliseconds("at") == milliseconds)
    #expect(try row.optionalUnixMilliseconds("at") == milliseconds)
    #expect(try row.int("at", in: 3...9) == number)
    #expect(try row.optionalInt("at", in: 3...9) == number)
    #expect(try row.optionalInt("gone", in: 3...9) == nil)
    #expect(try row.optionalUnixSeconds("gone") == nil)
    #expect(try row.optionalUnixMilliseconds("gone") == nil)
  }
}
