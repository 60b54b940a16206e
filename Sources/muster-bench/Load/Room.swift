/// The messages that members of a crowd still miss, so that each publisher keeps as many on their way as
/// it shall, and no more.
struct Room {
  private let subscribers: Int
  private var missing: [[Int: Int]]
  private var next: [Int]
  /// How many messages each publisher may send now.
  private(set) var due: [Int]

  init(publishers: Int, subscribers: Int, inFlight: Int) {
    self.subscribers = subscribers
    missing = [[Int: Int]](repeating: [:], count: publishers)
    next = [Int](repeating: 0, count: publishers)
    due = [Int](repeating: inFlight, count: publishers)
  }

  /// The number of the next message of a publisher; nil while too many are on their way.
  mutating func publish(_ publisher: Int) -> Int? {
    guard due[publisher] > 0 else { return nil }
    due[publisher] -= 1
    let number = next[publisher]
    // Payloads have room for six hexadecimal digits.
    next[publisher] = (number + 1) & 0xFF_FFFF
    missing[publisher][number] = subscribers
    return number
  }

  /// One subscriber has a message.
  mutating func arrived(_ number: Int, of publisher: Int) {
    guard let left = missing[publisher][number] else { return }
    if left > 1 {
      missing[publisher][number] = left - 1
    } else {
      missing[publisher][number] = nil
      due[publisher] += 1
    }
  }
}
