internal import Bytes
internal import HubProtocol
internal import Limits
internal import Loop
internal import PluginKit
internal import TLS

/// The ring by which many sends are one system call, and the records that wait for it.
struct BatchSender: ~Copyable {
  var batch = SendBatch()
  /// Nil until first needed, and where the kernel does not allow it.
  private var ring: SendRing?
  private var hasTriedRing = false

  init() {}

  /// Seals bytes for a connection; true if the batch has to be sent now, nil where there is no ring.
  @inline(__always) mutating func add(
    _ bytes: Span<UInt8>, for connection: Connection
  ) throws(TLSError) -> Bool? {
    guard ring != nil else { return nil }
    try batch.add(bytes, for: connection)
    return batch.isFull
  }

  @inline(__always) mutating func add(
    _ bytes: borrowing ByteBuffer, for connection: Connection
  ) throws(TLSError) -> Bool? {
    try add(bytes.bytes, for: connection)
  }

  /// Is it worth the ring, and is there one? It is opened when first needed: a ring belongs to the
  /// thread that opens it.
  mutating func isCrowd(_ count: Int) -> Bool {
    guard count >= SendBatch.least else { return false }
    if !hasTriedRing {
      hasTriedRing = true
      ring = SendRing.open(places: SendBatch.most)
    }
    return ring != nil
  }

  /// Sends the records; says what the kernel has not taken.
  mutating func send() -> [SendRing.Shortfall] { batch.send(by: &ring!) }

  /// Gives up a ring that the kernel does not serve any more; true if that happened now.
  mutating func dropLostRing() -> Bool {
    let isLost =
      switch ring {
      case .some(let ring): ring.isLost
      case .none: false
      }
    if isLost { ring = nil }
    return isLost
  }
}

// Sending to many at once.
extension Transport {
  /// Whether sending to this many together is worth the ring, and there is one.
  func isCrowd(_ count: Int) -> Bool { sender.isCrowd(count) }

  /// Sends to every connection that is owed something: one record and one `send` each, and where
  /// the kernel allows it, many of those with one system call.
  func sendAll(on handler: isolated Handler) {
    let isCrowd = isCrowd(dirty.count)
    // Sending makes no other connection dirty: a broken line that it finds waits for the next turn.
    for connection in dirty {
      connection.isDirty = false
      if !isCrowd || !pack(connection, &buffers, on: handler) {
        send(connection, &buffers, on: handler)
      }
    }
    sendBatch(on: handler)
    dirty.removeAll(keepingCapacity: true)
  }

  /// Seals what a connection is owed, to be sent with what others are; false if it has to be
  /// served by itself.
  @inline(__always) private func pack(
    _ connection: Connection, _ buffers: inout IOBuffers, on handler: isolated Handler
  ) -> Bool {
    guard connection.takesFrames, connection.takesRecords else { return false }
    let isOwed = connection.sendQueue.fill(
      &buffers.plaintextOut, upTo: IOBuffers.window / 2, at: context.now,
      limits: context.limits.sendQueue)
    guard isOwed else { return true }
    do {
      guard let isFull = try sender.add(buffers.plaintextOut, for: connection) else {
        // The ring was lost a moment ago.
        sendPlaintext(connection, &buffers, on: handler)
        return false
      }
      if isFull { sendBatch(on: handler) }
    } catch {
      drop(connection, .lost, on: handler)
    }
    buffers.plaintextOut.removeAll()
    guard !connection.sendQueue.isEmpty else { return true }
    sendBatch(on: handler)
    return false
  }

  /// Seals a frame for a connection with an empty queue, without the detour through it; false if
  /// the frame has to wait there. The caller has to `sendBatch` in the end.
  @inline(__always) func packAtOnce(
    _ frame: [UInt8], for connection: Connection, on handler: isolated Handler
  ) -> Bool {
    guard connection.takesFrames, connection.takesRecords, connection.sendQueue.isEmpty else {
      return false
    }
    do {
      guard let isFull = try sender.add(frame.span, for: connection) else { return false }
      if isFull { sendBatch(on: handler) }
    } catch {
      drop(connection, .lost, on: handler)
    }
    return true
  }

  /// Sends what was sealed.
  func sendBatch(on handler: isolated Handler) {
    guard !sender.batch.isEmpty else { return }
    var sent = sender.batch.sealed.count
    for shortfall in sender.send() {
      sent -= sender.batch.parcels[shortfall.parcel].range.count
      sent += settle(shortfall, on: handler)
    }
    context.counters.bytesOut.add(sent)
    sender.batch.removeAll()
    guard sender.dropLostRing() else { return }
    shared.log.warning(
      "io_uring is lost; sending goes on without", ["worker": context.index])
  }

  /// Deals with a record that the kernel has not taken whole; says how much of it it has.
  private func settle(_ shortfall: SendRing.Shortfall, on handler: isolated Handler) -> Int {
    let connection = sender.batch.recipients[shortfall.parcel]
    guard !connection.isGone else { return 0 }
    var sent = 0
    switch shortfall.outcome {
    case .bytes(let count): sent = count
    case .wouldBlock: break
    case .closed, .failed:
      drop(connection, .lost, on: handler)
      return 0
    }
    connection.unsent.append(sender.batch.rest(of: shortfall.parcel, behind: sent))
    waitForRoom(connection, on: handler)
    return sent
  }
}
