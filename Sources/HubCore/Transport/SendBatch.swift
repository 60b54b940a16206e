internal import Bytes
internal import Loop
internal import TLS

/// Sealed records for several connections, on their way to the kernel together.
struct SendBatch: ~Copyable {
  private(set) var recipients: [Connection] = []
  private(set) var parcels: [SendRing.Parcel] = []
  /// The records of all, one behind the other.
  private(set) var sealed = ByteBuffer(capacity: SendBatch.mostBytes)

  /// With fewer than this, the kernel's queues cost more than the calls they save.
  static let least = 4
  static let most = 1_024
  // Records that are sealed together should still be in the second-level cache when they are sent.
  private static let mostBytes = 512 << 10

  init() {}

  var isEmpty: Bool { recipients.isEmpty }
  var isFull: Bool { recipients.count == SendBatch.most || sealed.count >= SendBatch.mostBytes }

  /// Seals what a connection is owed.
  mutating func add(_ bytes: borrowing ByteBuffer, for connection: Connection) throws(TLSError) {
    try add(bytes.bytes, for: connection)
  }

  /// Seals what a connection is owed.
  @inline(__always) mutating func add(
    _ bytes: Span<UInt8>, for connection: Connection
  ) throws(TLSError) {
    let start = sealed.count
    try connection.tls!.seal(bytes, into: &sealed)
    recipients.append(connection)
    parcels.append(SendRing.Parcel(to: connection.socket, start..<sealed.count))
  }

  /// Sends everything, as far as the kernel takes it; says what it has not taken.
  mutating func send(by ring: inout SendRing) -> [SendRing.Shortfall] {
    ring.send(parcels, of: sealed.bytes)
  }

  /// The rest of a parcel that the kernel has not taken, behind its first `count` bytes.
  @_lifetime(borrow self)
  func rest(of number: Int, behind count: Int) -> Span<UInt8> {
    let range = parcels[number].range
    return sealed.bytes.extracting(range.lowerBound + count..<range.upperBound)
  }

  mutating func removeAll() {
    recipients.removeAll(keepingCapacity: true)
    parcels.removeAll(keepingCapacity: true)
    sealed.removeAll(keepingCapacity: sealed.capacity <= 4 * SendBatch.mostBytes)
  }
}
