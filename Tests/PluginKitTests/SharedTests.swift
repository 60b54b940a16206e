import PluginKit
import Testing

@Suite struct SharedTests {
  @Test func `nothing is lost when many change it at once`() async {
    let sum = Shared(0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<1000 { sum.withLock { $0 += 1 } } }
      }
    }
    #expect(sum.withLock { $0 } == 8000)
  }

  @Test func `where somebody connects from does not make another person`() {
    let plain = Identity(guest: "wall", name: "wall")
    var here = plain
    here.peer = .loopback
    #expect(here == plain)
    #expect(Set([here, plain]).count == 1)
  }
}
