import Glibc
import Testing

/// Proofs that the program holds under faults and load, one after another: each has the machine
/// for itself.
@Suite(.serialized, .enabled(if: Trial.isWanted, "MUSTER_TRIALS=short or long runs them"))
enum Trials {}

/// How far the trials go. They run against real time: the long ones are for `./test --all`.
enum Trial {
  private static let wanted = getenv("MUSTER_TRIALS").map { String(cString: $0) }

  static let isWanted = wanted != nil
  /// The real bounds and numbers.
  static let isLong = wanted == "long"

  /// Is it the program as it is shipped that is tried?
  static let isOfRelease =
    getenv("MUSTER_BINARY").map { String(cString: $0) }?
    .contains("/release/") ?? false

  static func pick<Value>(short: Value, long: Value) -> Value { isLong ? long : short }

  /// Where chance comes from; printed, and repeated with `MUSTER_SEED`.
  static func makeChance(for trial: String) -> Chance {
    let told = getenv("MUSTER_SEED").flatMap { UInt64(String(cString: $0)) }
    let seed = told ?? .random(in: 1 ... .max)
    print("\(trial): MUSTER_SEED=\(seed)")
    return Chance(seed: seed)
  }
}

/// Numbers that look random and come again with the same seed (SplitMix64).
struct Chance: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Asks again and again until the answer is yes; `false` when it never was.
func eventually(
  within seconds: Double, _ isTrue: () async throws -> Bool
) async rethrows -> Bool {
  let end = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < end {
    if try await isTrue() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return try await isTrue()
}
