import Bytes
import JSON
import Loop
import WebSocket

// The conversation of dashboards.
extension LabRun {
  func upgrade(_ dashboard: Dashboard, _ desk: inout Desk) {
    let handshake = ClientHandshake(host: "\(target.host):\(target.port)", path: "/ws")
    dashboard.handshake = handshake
    handshake.append(to: &desk.cork)
    uncork(dashboard, &desk)
  }

  func takeFrames(_ dashboard: Dashboard, _ desk: inout Desk) throws {
    if let handshake = dashboard.handshake {
      guard let agreed = try handshake.read(desk.opened) else { return }
      dashboard.handshake = nil
      desk.opened.consume(agreed.length)
      greet(dashboard, &desk)
    }
    let now = loop.time.monotonic
    var position = 0
    while let frame = try WholeFrame(desk.opened.bytes, at: position) {
      position = frame.payload.upperBound
      guard frame.opcode == 1 else {
        throw LabMessage.Fault(description: "the server sent a frame of kind \(frame.opcode)")
      }
      if dashboard.subscribed < Dashboard.topics.count || frame.payload.count < 64 {
        takeOwn(dashboard, frame, &desk)
      } else {
        let message = try messages.read(
          desk.opened.bytes.extracting(frame.payload), isCompressed: frame.isCompressed, ledger)
        try take(message, dashboard, now)
      }
    }
    desk.opened.consume(position)
    uncork(dashboard, &desk)
  }

  private func greet(_ dashboard: Dashboard, _ desk: inout Desk) {
    desk.frames.append(
      .text, text: #"{"type":"hello","data":{"client":"dashboard"}}"#, to: &desk.cork)
    for (place, topic) in Dashboard.topics.enumerated() {
      let text =
        #"{"type":"subscribe","id":\#(place),"topic":"\#(topic)","data":{"batch":true}}"#
      desk.frames.append(.text, text: text, to: &desk.cork)
    }
  }

  /// A message for this dashboard alone: only its beginning tells something.
  private func takeOwn(_ dashboard: Dashboard, _ frame: WholeFrame, _ desk: inout Desk) {
    let text = LabRun.beginning(of: desk.opened.bytes.extracting(frame.payload))
    if text.hasPrefix(#"{"type":"ping""#) {
      let sent = text.drop { !$0.isNumber }.prefix { $0.isNumber }
      desk.frames.append(.text, text: #"{"type":"pong","data":{"t":\#(sent)}}"#, to: &desk.cork)
    } else if text.hasPrefix(#"{"type":"subscribed""#), let place = LabRun.number("re", text) {
      dashboard.next[place] = LabRun.number("offset", text).map { UInt64($0) + 1 }
      dashboard.subscribed += 1
      if dashboard.subscribed == Dashboard.topics.count { isReady() }
    } else if text.hasPrefix(#"{"type":"error""#) {
      fail("a dashboard was told \(text)")
    }
  }

  private static func beginning(of payload: Span<UInt8>) -> String {
    payload.extracting(first: min(160, payload.count)).withUnsafeBufferPointer {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private static func number(_ name: String, _ text: String) -> Int? {
    let mark = "\"\(name)\":"
    guard let start = text.firstRange(of: mark)?.upperBound else { return nil }
    return Int(text[start...].prefix { $0.isNumber })
  }

  /// Events must come in order, none twice and none left out.
  private func take(_ message: LabMessage, _ dashboard: Dashboard, _ now: UInt64) throws {
    outcome.frames += 1
    guard let topic = message.topic, let offsets = message.offsets,
      topic <= Ledger.grades.count
    else { return }
    guard dashboard.next[topic] == offsets.lowerBound else {
      throw LabMessage.Fault(
        description: "\(offsets.lowerBound) of \(Dashboard.topics[topic]) came instead of"
          + " \(dashboard.next[topic] ?? 0)")
    }
    dashboard.next[topic] = offsets.upperBound + 1
    guard topic == 0 else { return }
    outcome.sightings += message.operations.count
    for (_, operation) in message.operations {
      let dueAt = ledger.operations[operation].dueAt
      outcome.sight.add(now > dueAt ? now - dueAt : 0)
    }
  }
}
