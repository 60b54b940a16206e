internal import Bytes
internal import Loop
internal import PluginKit
internal import TLS

// Sending at the end of a turn.
extension Worker {
  /// Sends to everybody who is owed something: one record and one `send` per connection, and where
  /// the kernel allows it, many of those with one system call.
  func sendAll() {
    let isCrowd = dirty.count >= Shipment.least && hasRing
    // Sending makes nobody else dirty: what it finds out (a broken line) waits for the next turn.
    for connection in dirty {
      connection.isDirty = false
      guard isCrowd, ring != nil, pack(connection, &desk) else {
        send(connection, &desk)
        continue
      }
      if desk.shipment.isFull { ship(&desk) }
    }
    if isCrowd { ship(&desk) }
    dirty.removeAll(keepingCapacity: true)
  }

  /// Opened when first needed: a ring belongs to the thread that opens it.
  private var hasRing: Bool {
    if !hasTriedRing {
      hasTriedRing = true
      ring = SendRing.open(places: Shipment.most)
    }
    return ring != nil
  }

  /// Seals what a connection is owed, to be sent with what others are; false if it has to be
  /// served by itself.
  @inline(__always) private func pack(_ connection: Connection, _ desk: inout Desk) -> Bool {
    guard case .webSocket = connection.stage, connection.unsent.isEmpty,
      connection.door.isEncrypted, connection.roomWaiter == nil
    else { return false }
    guard connection.outbox.fill(&desk.cork, upTo: Desk.window / 2, at: now) else { return true }
    do {
      try desk.shipment.add(desk.cork, for: connection)
    } catch {
      drop(connection, .lost)
    }
    desk.cork.removeAll()
    return true
  }

  private func ship(_ desk: inout Desk) {
    guard !desk.shipment.isEmpty else { return }
    if !desk.shipment.send(by: &ring!) {
      house.log.warning("io_uring is lost; sending goes on without", ["worker": "\(index)"])
      ring = nil
    }
    for number in desk.shipment.recipients.indices {
      settle(number, desk.shipment.recipients[number], &desk)
    }
    desk.shipment.removeAll()
  }

  private func settle(_ number: Int, _ connection: Connection, _ desk: inout Desk) {
    guard !connection.isGone else { return }
    let length = desk.shipment.parcels[number].range.count
    var sent = 0
    switch desk.shipment.outcomes[number] {
    case .bytes(let count): sent = count
    case .wouldBlock: break
    case .closed, .failed: return drop(connection, .lost)
    }
    counters.bytesOut.add(sent)
    guard sent < length else {
      if !connection.outbox.isEmpty { send(connection, &desk) }
      return
    }
    connection.unsent.append(desk.shipment.rest(of: number, behind: sent))
    waitForRoom(connection)
  }
}
