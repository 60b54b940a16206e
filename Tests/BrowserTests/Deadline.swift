/// A moment after which a test gives up.
struct Deadline {
  private let moment: ContinuousClock.Instant

  init(_ seconds: Double) { moment = .now + .seconds(seconds) }

  var hasPassed: Bool { ContinuousClock.now >= moment }

  /// What is left, as `poll` wants it.
  var milliseconds: Int32 {
    let left = (moment - ContinuousClock.now) / .milliseconds(1)
    return Int32(max(0, left).rounded(.up))
  }
}
