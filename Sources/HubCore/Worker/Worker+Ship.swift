internal import Bytes
internal import Loop
internal import PluginKit
internal import TLS
internal import WebSocket

// Sending to many at once.
extension Worker {
  /// Sends to everybody who is owed something: one record and one `send` per connection, and where
  /// the kernel allows it, many of those with one system call.
  func sendAll() {
    let isCrowd = isCrowd(dirty.count)
    // Sending makes nobody else dirty: what it finds out (a broken line) waits for the next turn.
    for connection in dirty {
      connection.isDirty = false
      if !isCrowd || !pack(connection, &desk) { send(connection, &desk) }
    }
    ship(&desk)
    dirty.removeAll(keepingCapacity: true)
  }

  /// Is it worth the ring, and is there one? It is opened when first needed: a ring belongs to the
  /// thread that opens it.
  func isCrowd(_ count: Int) -> Bool {
    guard count >= Shipment.least else { return false }
    if !hasTriedRing {
      hasTriedRing = true
      ring = SendRing.open(places: Shipment.most)
    }
    return ring != nil
  }

  /// Seals what a connection is owed, to be sent with what others are; false if it has to be
  /// served by itself.
  @inline(__always) private func pack(_ connection: Connection, _ desk: inout Desk) -> Bool {
    guard case .webSocket = connection.stage, connection.takesRecords, ring != nil else {
      return false
    }
    let isOwed = connection.outbox.fill(
      &desk.cork, upTo: Desk.window / 2, at: now, limits: limits.outbox)
    guard isOwed else { return true }
    do {
      try desk.shipment.add(desk.cork, for: connection)
    } catch {
      drop(connection, .lost)
    }
    desk.cork.removeAll()
    if desk.shipment.isFull { ship(&desk) }
    guard !connection.outbox.isEmpty else { return true }
    ship(&desk)
    return false
  }

  /// Seals a frame for a connection with an empty queue, without the detour through it; false if the
  /// frame has to wait there. The caller has to `ship` in the end.
  @inline(__always) func packAtOnce(
    _ frame: [UInt8], for connection: Connection, _ desk: inout Desk
  ) -> Bool {
    guard case .webSocket(let link) = connection.stage, link.closing.takesMessages,
      connection.takesRecords, connection.outbox.isEmpty, ring != nil
    else { return false }
    do {
      try desk.shipment.add(frame.span, for: connection)
    } catch {
      drop(connection, .lost)
    }
    if desk.shipment.isFull { ship(&desk) }
    return true
  }

  /// Sends what was sealed.
  func ship(_ desk: inout Desk) {
    guard !desk.shipment.isEmpty else { return }
    var sent = desk.shipment.sealed.count
    for shortfall in desk.shipment.send(by: &ring!) {
      let length = desk.shipment.parcels[shortfall.parcel].range.count
      sent -= length
      sent += settle(shortfall, &desk.shipment)
    }
    counters.bytesOut.add(sent)
    desk.shipment.removeAll()
    guard hasLostRing else { return }
    house.log.warning("io_uring is lost; sending goes on without", ["worker": index])
    ring = nil
  }

  private var hasLostRing: Bool {
    switch ring {
    case .some(let ring): ring.isLost
    case .none: false
    }
  }

  /// Deals with a parcel that the kernel has not taken whole; says how much of it it has.
  private func settle(_ shortfall: SendRing.Shortfall, _ shipment: inout Shipment) -> Int {
    let connection = shipment.recipients[shortfall.parcel]
    guard !connection.isGone else { return 0 }
    var sent = 0
    switch shortfall.outcome {
    case .bytes(let count): sent = count
    case .wouldBlock: break
    case .closed, .failed:
      drop(connection, .lost)
      return 0
    }
    connection.unsent.append(shipment.rest(of: shortfall.parcel, behind: sent))
    waitForRoom(connection)
    return sent
  }
}
