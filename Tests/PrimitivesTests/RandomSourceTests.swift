import Primitives
import Testing

@Suite struct `A random source` {
  /// Gives one number for ever.
  private struct Fixed: RandomSource {
    let value: UInt64
    func next() -> UInt64 { value }
  }

  @Test func `draws every number of a range, its ends among them`() {
    let ends = [0, UInt64.max].map { Fixed(value: $0).number(upTo: 9) }
    #expect(ends == [0, 9])
    #expect(Set((0..<1000).map { _ in SystemRandom().number(upTo: 9) }) == Set(0...9))
  }

  @Test(arguments: [0, -1, .min]) func `draws nothing but 0 from an empty range`(most: Int) {
    #expect(Fixed(value: .max).number(upTo: most) == 0)
  }

  @Test func `draws fractions below 1`() {
    #expect(Fixed(value: .max).fraction < 1 && Fixed(value: 0).fraction == 0)
  }
}
