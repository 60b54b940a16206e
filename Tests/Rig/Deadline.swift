/// A moment after which a test gives up.
package struct Deadline {
  private let moment: ContinuousClock.Instant

  package init(_ seconds: Double) { moment = .now + .seconds(seconds) }

  package var hasPassed: Bool { ContinuousClock.now >= moment }

  /// What is left, as `poll` wants it.
  package var milliseconds: Int32 {
    let left = (moment - ContinuousClock.now) / .milliseconds(1)
    return Int32(max(0, left).rounded(.up))
  }
}
