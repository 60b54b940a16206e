import PluginKit
import Testing

@Suite struct `A pace` {
  @Test func `allows so many at once and so many a second`() {
    var pace = Pace(perSecond: 30, atOnce: 60)
    var passed = 0
    for millisecond in Int64(0)..<3000 where pace.allows(at: millisecond) { passed += 1 }
    #expect((145...152).contains(passed))
  }

  @Test func `is not confused by a clock that is set back`() {
    var pace = Pace(perSecond: 10, atOnce: 1)
    let answers = [5000, 1000, 1099, 1100].map { pace.allows(at: $0) }
    #expect(answers == [true, false, false, true])
  }
}
