import Bytes
import JSON
import Loop
import WebSocket

// A server that is restarted, and its clients who come back as it has told them.
extension Generator {
  // So long somebody may take to restart the server.
  private static let patience = 600.0

  /// Opens all clients, waits until somebody restarts the server, and then until all are back.
  func weather() async throws -> Outcome {
    try await open(options.connections)
    storm = Storm(clients: options.connections)
    storm?.window = announced
    Bench.tell("\(options.connections) clients are connected; restart the server now")
    await rest(Generator.patience)
    guard let window = storm?.window, storm?.beganAt != nil else {
      throw RunError("\(target.name) was not restarted")
    }
    if storm?.away != 0 { await rest(Double(window) / 1000 + options.seconds) }
    try check()
    var outcome = Outcome(name: target.name, scenario: .storm)
    outcome.storm = storm?.figures
    outcome.messages = options.connections
    guard let away = storm?.away, away == 0 else {
      throw RunError(
        "\(storm?.away ?? 0) of \(options.connections) clients were not back "
          + "\(options.seconds) s after the window of \(window) ms")
    }
    return outcome
  }

  /// The server's frames beside events.
  func hear(_ incoming: Incoming, _ client: Client, _ desk: inout Desk) {
    guard let frame = try? JSONValue(parsing: desk.text(of: incoming)) else { return }
    switch frame["type"]?.string {
    case "welcome": announce(frame["data"]?["reconnect_window_ms"])
    case "goodbye": announce(frame["data"]?["window_ms"])
    case "ping": desk.frames.append(.text, text: #"{"type":"pong"}"#, to: &desk.cork)
    default: return
    }
  }

  /// The longest counts: with every client that comes in, the window grows.
  private func announce(_ window: JSONValue?) {
    announced = max(announced, window?.int ?? 0)
    if storm?.beganAt == nil { storm?.window = announced }
  }

  /// Answers the server's close frame and lets it go.
  func leave(_ client: Client, _ code: CloseCode, _ desk: inout Desk) {
    desk.frames.appendClose(code, to: &desk.cork)
    uncork(client, &desk)
    lost(client.index, "closed")
  }

  func comeBackLater(_ index: Int) {
    guard clients[index]?.stage != .over else { return }
    clients[index]?.stage = .over
    clients[index] = nil
    let isFirst = storm?.beganAt == nil
    let wait = storm?.lost(index, at: loop.time.monotonic) ?? 0
    loop.schedule(after: .milliseconds(wait)) { [unowned self] in
      assumeIsolated { if $0.storm != nil { $0.openClient(index) } }
    }
    if isFirst { wakeUp() }
  }

  /// True if it was a client that had been away.
  func isBack(_ client: Client) -> Bool {
    guard storm != nil else { return false }
    if storm?.isBack(client.index, at: loop.time.monotonic) == true { wakeUp() }
    return true
  }
}
