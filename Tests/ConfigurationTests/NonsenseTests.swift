import Testing

@testable import Configuration

@Suite struct NonsenseTests {
  @Test func `a file of nonsense is refused with problems, never with a crash`() {
    let table = KeyTable(Keys.all)
    var state: UInt64 = 3
    func next(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % sides
    }
    let words = [
      "listen", "limits", "message", ":", " ", "\n", "\n  ", "- ", "[", "]", "{", "}", "\"", "'",
      "#", "|", ">", "&a", "*a", "!!int", "~", "1", "10s", "64KiB", "true", "中", "\t", "---", ",",
      "tls", "certificates", "address",
    ]
    for _ in 0..<5000 {
      let text = (0..<next(24)).map { _ in words[next(words.count)] }.joined()
      var sources = Sources()
      sources.file = ("x", Array(text.utf8))
      do {
        let loaded = try ServerConfiguration.load(table, from: sources)
        _ = table.printed(loaded)
      } catch {
        #expect(!error.problems.isEmpty && !error.description.isEmpty)
      }
    }
  }
}
