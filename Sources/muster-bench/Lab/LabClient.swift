import Bytes
import Loop
import TLS
import WebSocket

/// One connection of the lab's load: a dashboard or a door.
class LabClient: Line {
  /// Received bytes of an incomplete message.
  var partial = ByteBuffer()
}

/// A dashboard: a client of protocol 2 that subscribes to what the page does.
final class Dashboard: LabClient {
  static let topics =
    ["checkin.presence"] + Ledger.grades.map { "checkin.grade.\($0)" } + [
      "hub.stats", "chat.rooms",
    ]

  var handshake: ClientHandshake?
  var allowsCompression = false
  /// The offset of the next event, by topic; nil before the topic said where it is.
  var next = [UInt64?](repeating: nil, count: Dashboard.topics.count)
  var subscribed = 0
}

/// A caller that checks people in and out over one connection that is kept.
final class Door: LabClient {
  enum Work {
    case operation(Int)
    case records(of: Int)
    case question(CheckedContinuation<[UInt8], any Error>)
  }

  var work: Work?
  var cookie: String?
}
