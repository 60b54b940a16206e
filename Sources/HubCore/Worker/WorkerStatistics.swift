/// One worker's share of the server's statistics.
struct WorkerStatistics: Sendable {
  var connections: Int
  var webSockets: Int
  var users: Set<String>
  var topics: Int
  var subscriptions: Int
  var followedTopics: Int
  var counters: [String: Int]
}

extension WorkerCounters {
  /// By the names under which `/metrics` shows them.
  var all: [String: Int] {
    [
      "connections_accepted_total": accepted.current,
      "connections_refused_total": refused.current,
      "connections_closed_total": closed.current,
      "tls_handshakes_total": handshakes.current,
      "tls_resumptions_total": resumptions.current,
      "tls_handshake_failures_total": failedHandshakes.current,
      "received_bytes_total": bytesIn.current,
      "sent_bytes_total": bytesOut.current,
      "http_requests_total": requests.current,
      "http_bad_requests_total": badRequests.current,
      "websocket_upgrades_total": upgrades.current,
      "websocket_messages_received_total": framesIn.current,
      "websocket_bad_frames_total": badFrames.current,
      "events_published_total": published.current,
      "events_delivered_total": deliveries.current,
      "slow_consumers_closed_total": slowClosed.current,
      "heartbeats_lost_total": heartbeatClosed.current,
    ]
  }
}
