/// How long the writer waits for more callers before it begins a group.
///
/// Those who were served by the last commit come back within a moment; a writer that begins at once
/// meets the first of them only, and the others wait for a whole commit. So it waits for as many as
/// last time, but no longer than a part of what a commit takes: on a disk that answers at once there
/// is nothing to gain, and a lone caller never waits.
struct Gathering {
  /// Waiting for less is not worth the sleep.
  private static let shortest = Duration.microseconds(100)

  private var expected = 0
  private var commitTime = Duration.zero

  /// The longest wait for a group that has `count` callers so far.
  func patience(with count: Int) -> Duration {
    let budget = commitTime / 4
    return count < expected && budget >= Self.shortest ? budget : .zero
  }

  func isComplete(_ count: Int) -> Bool { count >= expected }

  /// Learns from a group that was committed.
  mutating func note(size: Int, time: Duration) {
    expected = size
    // One slow commit in eight changes little; a disk that has become slow is noticed soon.
    commitTime += (time - commitTime) / 8
  }
}
