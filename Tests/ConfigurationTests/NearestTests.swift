import Testing

@testable import Configuration

@Suite struct NearestTests {
  @Test(arguments: [
    ("serv", "serve"), ("sevre", "serve"), ("check-confg", "check-config"), ("wacth", "watch"),
  ])
  func `a slip of the finger finds its word`(typed: String, meant: String) {
    let words = ["serve", "check-config", "watch", "token"]
    #expect(Nearest.match(typed, in: words) == meant)
  }

  @Test(arguments: ["", "x", "entirely-different", String(repeating: "serve", count: 1000)])
  func `what is far from everything finds nothing`(typed: String) {
    #expect(Nearest.match(typed, in: ["serve", "watch"]) == nil)
  }

  @Test func `neighbours swapped cost one`() {
    let distance = Nearest.distance(Array("ab".unicodeScalars), Array("ba".unicodeScalars))
    #expect(distance == 1)
  }
}
