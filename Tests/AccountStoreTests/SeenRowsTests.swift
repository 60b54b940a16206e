import Testing

@testable import AccountStore

@Suite struct SeenRowsTests {
  private var rows = SeenRows()

  @Test mutating func `a row is new once`() {
    #expect(rows.insert(3) == true)
    #expect(rows.insert(3) == false)
    #expect(rows.insert(2) == true)
  }

  @Test mutating func `the floor follows half a minute behind, for rows that show late`() {
    rows.noteHighest(nil, at: 0)
    rows.insert(7)
    rows.noteHighest(7, at: 1000)
    rows.noteHighest(nil, at: 29_999)
    #expect(rows.floor == 0)
    #expect(rows.insert(6) == true, "its transaction took as long")
    rows.noteHighest(nil, at: 30_000)
    rows.noteHighest(nil, at: 60_000)
    #expect(rows.floor == 7)
    #expect(rows.insert(7) == false)
    #expect(rows.insert(5) == false)
    #expect(rows.insert(8) == true)
  }

  @Test mutating func `the floor stands still while nothing is read`() {
    rows.noteHighest(4, at: 0)
    rows.insert(9)
    // Two hours later, with row 9 never shown by a look.
    rows.noteHighest(9, at: 7_200_000)
    #expect(rows.floor == 4)
  }

  @Test mutating func `a clock that is turned back does not stop the floor`() {
    rows.noteHighest(4, at: 1_000_000)
    rows.noteHighest(5, at: 0)
    rows.noteHighest(5, at: 30_000)
    #expect(rows.floor == 5)
  }
}
