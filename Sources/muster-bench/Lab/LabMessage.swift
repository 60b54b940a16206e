import JSON

/// The content of a frame that many dashboards receive.
struct LabMessage {
  /// A defect in a frame that a dashboard received.
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  /// Its place in `Dashboard.topics`; nil if it is about none of them.
  private(set) var topic: Int?
  /// The offsets of its events, which follow each other.
  private(set) var offsets: ClosedRange<UInt64>?
  /// The operations that its events tell of, by offset.
  private(set) var operations: [(offset: UInt64, operation: Int)] = []

  /// Reads a frame's text; `ledger` knows whose coming and going it can be.
  init(_ text: [UInt8], _ ledger: borrowing Ledger) throws {
    let limits = JSONLimits(bytes: 16 << 20, values: 1_000_000)
    let frame = try JSONValue(parsing: text, limits: limits)
    let place = frame["topic"]?.string.flatMap { Dashboard.topics.firstIndex(of: $0) }
    guard let place else { return }
    switch frame["type"]?.string {
    case "event": try take(frame, ledger)
    case "events": for event in frame["data"]?["events"]?.array ?? [] { try take(event, ledger) }
    default: return
    }
    topic = place
  }

  private mutating func take(_ event: JSONValue, _ ledger: borrowing Ledger) throws {
    guard let offset = event["offset"]?.int.map({ UInt64($0) }) else { return }
    if let offsets, offset != offsets.upperBound + 1 {
      throw Fault(description: "offset \(offset) comes behind \(offsets.upperBound)")
    }
    offsets = (offsets?.lowerBound ?? offset)...offset
    let data = event["data"]
    let isCheckIn: Bool
    switch data?["event"]?.string {
    case "checkin.in": isCheckIn = true
    case "checkin.out": isCheckIn = false
    default: return
    }
    let student = data?["user"]?["studentid"]?.string.flatMap { Ledger.place(of: $0) }
    guard let student, let known = ledger.operation(of: student, isCheckIn: isCheckIn),
      data?["user"]?["status"]?.int == (isCheckIn ? 1 : 0)
    else { throw Fault(description: "an event of nobody: \(event)") }
    operations.append((offset, known))
  }
}
