/// A server to be measured, and what its clients say.
struct Target: Equatable, Sendable {
  var name: String
  var host: String
  var port: UInt16
  /// Where clients connect; `{i}` is the client's number, `{h}` that of its hundred.
  var path: String
  /// Where publishers connect, if that is elsewhere.
  var publishPath: String?
  /// The process whose processor time and memory are measured.
  var process: Int32?
  /// The first messages of every client.
  var hello: [String] = []
  /// The next messages of subscribers.
  var join: [String] = []
  /// The envelope of a message; `{p}` is the payload.
  var message = "{p}"
  /// The message that every subscriber must have received before the load begins.
  var expected: String?
  /// Muster's own protocol fills in what was not said.
  var speaksMuster: Bool

  /// Reads `[NAME=]muster://HOST:PORT[/PATH]` or `[NAME=]wss://HOST:PORT/PATH`, with
  /// `,pid=NUMBER` and `,publish=/PATH` behind it.
  init(_ text: String) throws(UsageError) {
    let wrong = UsageError("\(text): a target is muster://HOST:PORT or wss://HOST:PORT/PATH")
    var parts = text.split(separator: ",").map(String.init)
    guard !parts.isEmpty else { throw wrong }
    var address = parts.removeFirst()
    name = ""
    if let equals = address.firstIndex(of: "="), !address[..<equals].contains("/") {
      name = String(address[..<equals])
      address = String(address[address.index(after: equals)...])
    }
    speaksMuster = address.hasPrefix("muster://")
    guard speaksMuster || address.hasPrefix("wss://") else { throw wrong }
    let rest = address.dropFirst(speaksMuster ? 9 : 6)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    path = String(rest[slash...])
    guard let colon = rest[..<slash].lastIndex(of: ":"),
      let port = UInt16(rest[rest.index(after: colon)..<slash]), colon > rest.startIndex
    else { throw wrong }
    host = String(rest[..<colon])
    self.port = port
    if name.isEmpty { name = speaksMuster ? "muster" : "\(host):\(port)" }
    if path.isEmpty && !speaksMuster { path = "/" }
    for part in parts { try take(part) }
  }

  private mutating func take(_ part: String) throws(UsageError) {
    if part.hasPrefix("pid="), let number = Int32(part.dropFirst(4)), number > 0 {
      process = number
    } else if part.hasPrefix("publish=/") {
      publishPath = String(part.dropFirst(8))
    } else {
      throw UsageError("\(part): behind a target may stand pid=NUMBER and publish=/PATH")
    }
  }

  /// The target as a scenario needs it.
  func prepared(for scenario: Options.Scenario) -> Target {
    guard speaksMuster else { return self }
    var target = self
    if scenario == .storm { return target.preparedForStorm() }
    let speaks = scenario == .fanout
    if target.path.isEmpty { target.path = speaks ? "/ws" : "/echo" }
    guard speaks, hello.isEmpty, join.isEmpty else { return target }
    let topic = #""topic":"echo.room.bench""#
    // Only who is in a topic may publish there: publishers subscribe, too.
    target.hello = [#"{"type":"hello"}"#, #"{"type":"subscribe",\#(topic)}"#]
    if message == "{p}" {
      target.message = #"{"type":"publish",\#(topic),"data":{"text":"{p}"}}"#
    }
    target.expected = expected ?? #""type":"subscribed""#
    return target
  }

  /// Tabs with names of their own, a hundred in each topic.
  private func preparedForStorm() -> Target {
    var target = self
    if path.isEmpty { target.path = "/ws" }
    target.hello = [
      #"{"type":"hello","id":1,"data":{"session":"s_storm_{i}"}}"#,
      #"{"type":"subscribe","id":2,"topic":"echo.room.storm-{h}"}"#,
    ]
    target.expected = #""type":"subscribed""#
    return target
  }
}
