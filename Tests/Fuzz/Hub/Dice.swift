/// Throws that are the same for the same seed on every machine (SplitMix64).
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number from 0 up to, and without, `sides`.
  mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }

  mutating func isOne(in sides: Int) -> Bool { roll(sides) == 0 }

  mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[roll(choices.count)] }

  /// One of the choices; each is as likely as its weight says.
  mutating func weigh<Choice>(_ choices: [(weight: Int, choice: Choice)]) -> Choice {
    var left = roll(choices.reduce(0) { $0 + $1.weight })
    for (weight, choice) in choices {
      if left < weight { return choice }
      left -= weight
    }
    return choices[0].choice
  }
}
