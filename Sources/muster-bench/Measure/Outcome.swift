import JSON

/// The result of one run.
struct Outcome: Sendable {
  let name: String
  let scenario: Options.Scenario
  var messages = 0
  var seconds = 0.0
  var bytes = 0
  var resumed = 0
  var latency = Histogram()
  /// Of the server, if its process is known.
  var processorSeconds: Double?
  var memory: Int?
  /// Of the second half of the connections.
  var bytesPerConnection: Int?
  var storm: Storm.Figures?

  init(name: String, scenario: Options.Scenario) {
    self.name = name
    self.scenario = scenario
  }

  var rate: Double { seconds > 0 ? Double(messages) / seconds : 0 }

  /// The server's processor time for one message, delivery or connection, in microseconds: the
  /// figure to compare. It hardly depends on what else the machine does.
  var cost: Double? {
    guard let processorSeconds, messages > 0, scenario != .idle, scenario != .storm else {
      return nil
    }
    return processorSeconds * 1e6 / Double(messages)
  }

  var json: JSONObject {
    var object: JSONObject = [
      "target": .string(name), "scenario": .string(scenario.rawValue), "count": .init(messages),
      "seconds": .double(seconds), "per_second": .double(rate),
      "server_us_each": cost.map { .double($0) } ?? .null,
      "server_cpu_seconds": processorSeconds.map { .double($0) } ?? .null,
      "server_memory_bytes": .init(memory),
    ]
    if let storm {
      for (key, value) in storm.json { object[key] = value }
    } else if scenario == .idle {
      object["bytes_per_connection"] = .init(bytesPerConnection)
    } else {
      for (key, share) in [("p50_us", 0.5), ("p99_us", 0.99), ("p999_us", 0.999)] {
        object[key] = .double(latency.microseconds(at: share))
      }
      object["bytes_each"] = .double(messages > 0 ? Double(bytes) / Double(messages) : 0)
    }
    if scenario == .connect { object["resumed"] = .init(resumed) }
    return object
  }
}
