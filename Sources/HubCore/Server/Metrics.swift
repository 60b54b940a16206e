internal import PluginHost
internal import PluginKit

/// The numbers of a server for collectors.
struct Metrics {
  let server: HubServer

  private func queues() async -> (bytes: Int, dropped: Int) {
    var sum = (bytes: 0, dropped: 0)
    for worker in server.workers {
      let part = await worker.queues()
      sum = (sum.bytes + part.bytes, sum.dropped + part.dropped)
    }
    return sum
  }

  func write(uptime: Int) async -> String {
    var text = MetricsText()
    let statistics = await server.statistics()
    text.add("uptime_seconds", "gauge", uptime)
    text.add("connections", "gauge", statistics.connections)
    text.add("websockets", "gauge", statistics.webSockets)
    text.add("users", "gauge", statistics.users)
    text.add("accounts_online", "gauge", statistics.accounts)
    text.add("guests_online", "gauge", statistics.guests)
    text.add("topics", "gauge", statistics.topics)
    text.add("subscriptions", "gauge", statistics.subscriptions)
    text.add("followed_topics", "gauge", statistics.followedTopics)
    text.add("user_connections", "gauge", statistics.userConnections)
    text.add("draining", "gauge", server.isDraining ? 1 : 0)
    for (key, value) in statistics.counters.sorted(by: { $0.key < $1.key }) {
      let name = String(key.prefix { $0 != "{" })
      text.add(name, "counter", value, String(key.dropFirst(name.count)))
    }
    let queues = await queues()
    text.add("queued_bytes", "gauge", queues.bytes)
    text.add("events_conflated_total", "counter", queues.dropped)
    for (index, turns) in statistics.turns.enumerated() {
      let label = "{worker=\"\(index)\"}"
      text.add("loop_turns_total", "counter", turns.count, label)
      text.add("loop_long_turns_total", "counter", turns.long, label)
    }
    for (name, counts) in server.pluginCounts {
      let label = "{plugin=\"\(name)\"}"
      text.add("plugin_calls_total", "counter", counts.calls, label)
      text.add("plugin_calls_running", "gauge", counts.running, label)
      text.add("plugin_failures_total", "counter", counts.failures, label)
      text.add("plugin_refusals_total", "counter", counts.refusals, label)
      text.add("plugin_timeouts_total", "counter", counts.timeouts, label)
      text.add("plugin_failed_jobs_total", "counter", counts.failedJobs, label)
    }
    for unit in server.shared.units {
      for gauge in unit.gauges { text.add("\(unit.name)_\(gauge.name)", "gauge", gauge.read()) }
    }
    if server.shared.webhooks.rules != nil {
      let counters = server.shared.webhooks.counters
      text.add("webhooks_sent_total", "counter", counters.sent.current)
      text.add("webhooks_failed_total", "counter", counters.failed.current)
      text.add("webhooks_given_up_total", "counter", counters.givenUp.current)
      text.add("webhooks_waiting", "gauge", counters.waiting.current)
    }
    for (name, value) in server.shared.extraMetrics() { text.add(name, "gauge", value) }
    return text.text
  }
}

/// Numbers in the words of Prometheus.
private struct MetricsText {
  private(set) var text = ""
  private var named: Set<String> = []

  mutating func add(_ name: String, _ kind: String, _ value: Int, _ labels: String = "") {
    if named.insert(name).inserted { text += "# TYPE muster_\(name) \(kind)\n" }
    text += "muster_\(name)\(labels) \(value)\n"
  }
}
