import JSON

/// The outcomes of several targets, measured in turns. A ratio above 1 means that a target needs
/// less of the processor than the last one does.
struct Comparison: Sendable {
  let names: [String]
  /// By round, then by target.
  var rounds: [[Outcome]] = []

  /// One target's ratio in every round in which both cost something.
  func ratios(of target: Int) -> [Double] {
    rounds.compactMap { round in
      guard let own = round[target].cost, let other = round[names.count - 1].cost, own > 0,
        other > 0
      else { return nil }
      return other / own
    }
  }

  func costs(of target: Int) -> [Double] { rounds.compactMap { $0[target].cost } }

  static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  var json: JSONValue {
    .array(
      names.indices.map { target in
        let ratios = ratios(of: target)
        let median = { (values: [Double]) -> JSONValue in
          Comparison.median(values).map { .double($0) } ?? .null
        }
        return .object([
          "target": .string(names[target]), "rounds": .init(rounds.count),
          "server_us_each": median(costs(of: target)), "ratio": median(ratios),
          "ratio_lowest": ratios.min().map { .double($0) } ?? .null,
          "ratio_highest": ratios.max().map { .double($0) } ?? .null,
          "per_second": median(rounds.map { $0[target].rate }),
          "p99_us": median(rounds.map { $0[target].latency.microseconds(at: 0.99) }),
          "bytes_each": median(
            rounds.map { Double($0[target].bytes) / Double(max($0[target].messages, 1)) }),
        ])
      })
  }
}
