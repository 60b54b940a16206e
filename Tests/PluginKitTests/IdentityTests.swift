import PluginKit
import Testing

@Suite struct IdentityTests {
  @Test func `a place of connection does not make another person`() {
    let plain = Identity(guest: "wall", name: "wall")
    var here = plain
    here.peer = .loopback
    #expect(here == plain)
    #expect(Set([here, plain]).count == 1)
  }
}
