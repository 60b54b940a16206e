internal import Primitives

/// Messages of a client that wait until an earlier one is done with.
struct MessageBacklog {
  private var messages = Fifo<[UInt8]>()
  private var bytes = 0

  private static let mostMessages = 64
  // A small frame may be a large message: compressed, it was a thousandth of it.
  private static let mostBytes = 256 << 10

  var isEmpty: Bool { messages.isEmpty }
  /// Whether its client is not to be heard until there is room.
  var isFull: Bool {
    messages.count > MessageBacklog.mostMessages || bytes > MessageBacklog.mostBytes
  }

  mutating func append(_ message: [UInt8]) {
    messages.append(message)
    bytes += message.count
  }

  /// The oldest; nil when there is none left.
  mutating func next() -> [UInt8]? {
    guard let message = messages.popFirst() else { return nil }
    bytes -= message.count
    return message
  }

  mutating func removeAll() { self = MessageBacklog() }
}
