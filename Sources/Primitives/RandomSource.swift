/// Where chance comes from: epochs, jitter and names that only have to differ. Keys and tokens stay
/// with the operating system's generator.
public protocol RandomSource: Sendable {
  func next() -> UInt64
}

extension RandomSource {
  /// From 0 up to, and without, 1.
  public var fraction: Double { Double(next() >> 11) / Double(1 << 53) }

  /// A number up to `most`, which counts as 0 if it is negative.
  public func number(upTo most: Int) -> Int {
    guard most > 0 else { return 0 }
    // The high half of the product: no number is more likely than another by anything that counts.
    return Int(next().multipliedFullWidth(by: UInt64(most) + 1).high)
  }
}

/// The generator of the machine.
public struct SystemRandom: RandomSource {
  public init() {}

  public func next() -> UInt64 { .random(in: 0 ... .max) }
}
