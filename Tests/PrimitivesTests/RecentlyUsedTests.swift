import Primitives
import Testing

@Suite struct RecentlyUsedTests {
  @Test func `a full table forgets what was not looked up for the longest time`() {
    var table = RecentlyUsed<String, Int>(limit: 2)
    #expect(table.keep(1, for: "a") == nil)
    #expect(table.keep(2, for: "b") == nil)
    #expect(table.find("a") == 1)
    #expect(table.keep(3, for: "c") == 2)
    #expect(table.find("b") == nil)
    #expect(table.find("a") == 1)
    #expect(table.count == 2)
  }

  @Test func `a known key takes no new room`() {
    var table = RecentlyUsed<String, Int>(limit: 1)
    _ = table.keep(1, for: "a")
    #expect(table.keep(2, for: "a") == nil)
    #expect(table.find("a") == 2)
    #expect(table.remove("a") == 2)
    #expect(table.count == 0)
  }
}
