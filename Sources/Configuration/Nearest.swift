/// Finds what somebody probably meant to write.
public enum Nearest {
  /// The word of `candidates` that is closest to `word`; nil if none is close.
  public static func match(_ word: String, in candidates: some Sequence<String>) -> String? {
    let letters = Array(word.unicodeScalars)
    // Typed by hand: nobody means something by a word of this length.
    guard letters.count <= 100 else { return nil }
    let furthest = max(1, letters.count / 3)
    var best: (distance: Int, word: String)?
    for candidate in candidates {
      let distance = distance(letters, Array(candidate.unicodeScalars))
      if distance <= furthest, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
  }

  /// `; did you mean x?`, or nothing.
  public static func question(_ word: String, in candidates: some Sequence<String>) -> String {
    match(word, in: candidates).map { "; did you mean \($0)?" } ?? ""
  }

  /// How many letters must be added, removed, changed or swapped with their neighbour.
  static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i]
      row.reserveCapacity(b.count + 1)
      for j in 1...b.count {
        let change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
        var cost = min(change, last[j] + 1, row[j - 1] + 1)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          cost = min(cost, before[j - 2] + 1)
        }
        row.append(cost)
      }
      before = last
      last = row
    }
    return last[b.count]
  }
}
