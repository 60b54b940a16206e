import JSON

/// The result of a lab's load.
struct LabOutcome: Sendable {
  let name: String
  var dashboards = 0
  /// Check-ins and check-outs that were due; all were done, or there is no outcome.
  var due = 0
  var seconds = 0.0
  /// Changes that dashboards saw, and frames that they came in.
  var sightings = 0
  var frames = 0
  var bytes = 0
  /// From when an operation was due to its answer, and to when a dashboard saw it.
  var answer = Histogram()
  var sight = Histogram()
  var serverSeconds: Double?
  var ownSeconds: Double?
  var memory: Int?
  /// The final comparison.
  var stays = 0
  var hundredths = 0
  var present = 0

  init(name: String) { self.name = name }

  var json: JSONObject {
    [
      "target": .string(name), "scenario": "lab", "changes": .init(due),
      "seconds": .double(seconds), "per_second": .double(rate), "dashboards": .init(dashboards),
      "seen": .init(sightings), "seen_p50_us": .double(sight.microseconds(at: 0.5)),
      "seen_p99_us": .double(sight.microseconds(at: 0.99)),
      "answer_p50_us": .double(answer.microseconds(at: 0.5)),
      "answer_p99_us": .double(answer.microseconds(at: 0.99)), "frames": .init(frames),
      "bytes": .init(bytes), "server_cpu_seconds": serverSeconds.map { .double($0) } ?? .null,
      "own_cpu_seconds": ownSeconds.map { .double($0) } ?? .null,
      "server_memory_bytes": .init(memory), "stays": .init(stays),
      "hours": .double(Double(hundredths) / 100), "present": .init(present),
    ]
  }

  private var rate: Double { seconds > 0 ? Double(due) / seconds : 0 }

  var table: String {
    var table = Table([
      "target", "changes", "/s", "seen p50 ms", "p99 ms", "answer p50 ms", "p99 ms", "server cores",
      "own cores", "MB/s",
    ])
    let milliseconds = { (histogram: Histogram, share: Double) in
      Table.number(histogram.microseconds(at: share) / 1000)
    }
    table.add([
      name, "\(due)", Table.number(rate), milliseconds(sight, 0.5), milliseconds(sight, 0.99),
      milliseconds(answer, 0.5), milliseconds(answer, 0.99),
      Table.number(serverSeconds.map { $0 / seconds }),
      Table.number(ownSeconds.map { $0 / seconds }), Table.number(Double(bytes) / seconds / 1e6),
    ])
    return table.text + "\n" + summary
  }

  private var summary: String {
    """
    \(dashboards) dashboards saw all \(due) changes, in order and once, in \(frames) frames.
    \(stays) stays of \(Double(hundredths) / 100) hours and \(present) people present: as it \
    should be.
    """
  }
}
