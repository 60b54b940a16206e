internal import PluginKit
internal import Storage

/// The leave of a guest by one connection.
struct GuestLeave: Sendable, Hashable {
  let room: RoomName
  let user: String
  let occupant: String
  let connection: String
}

/// A member and the topic that the hub has reported it in.
struct MembershipReport: Sendable, Hashable {
  let topic: Topic
  let member: String
}

// Bookings and connections that end without a request.
extension RoomDirectory {
  /// A process is taken for dead after this time without an extension of its lease.
  private static let leaseMilliseconds: Int64 = 60_000
  /// Entries in each list of unfinished work.
  private static let maxUnfinished = 10_000

  func start(permanent names: [String]) async throws {
    let known = names.compactMap { RoomName($0)?.description }
    try await store.prepare(permanent: known)
    if store.database.engine == .sqlite { try await store.endAllLeases() }
  }

  /// Ends the lease, so that the seats of this process's guests are free at once.
  func stop() async {
    guard leaseEnd > 0 else { return }
    do {
      try await store.endLease(of: instance)
    } catch {
      log.warning("seats of guests stay taken for a minute", ["reason": "\(error)"])
    }
  }

  /// Ends bookings, rooms and leases whose time is over.
  func tidy() async throws {
    let now = clock.now
    let due = try await store.due(at: now)
    for room in due.rooms { try await change(room) { $0.expire(at: now) } }
    for instance in due.instances where instance != self.instance {
      try await drop(instance, at: now)
    }
    if due.hasDepartures { try await store.forgetDepartures(before: now) }
  }

  /// The regular upkeep of this process, once a second.
  func upkeep() async throws {
    if leaseEnd > 0 { try await extendLease(at: clock.now) }
    try await finishLeaves()
    if !hasCheckedAccounts {
      try await endAbsentAccounts()
      hasCheckedAccounts = true
    }
    try await tidy()
  }

  /// The lease is extended when half of it is over, and so once in half a minute.
  func extendLease(at now: Int64) async throws {
    guard leaseEnd - now < RoomDirectory.leaseMilliseconds / 2 else { return }
    let end = now + RoomDirectory.leaseMilliseconds
    try await store.extendLease(of: instance, until: end)
    leaseEnd = end
  }

  /// Moves out the guests of a process that is gone.
  private func drop(_ instance: String, at now: Int64) async throws {
    let prefix = ConnectionKey.make(instance, "")
    for room in try await store.rooms(of: instance) {
      try await change(room) { $0.dropConnections(withPrefix: prefix, at: now) }
    }
    try await store.forget(instance: instance)
  }

  /// Moves out the accounts that the hub does not expect back after a start: it reports only the
  /// leaves of members that it knows.
  private func endAbsentAccounts() async throws {
    var members: [Topic: Set<String>] = [:]
    for (name, occupant, user) in try await store.accounts() {
      guard let room = RoomName(name) else { continue }
      if members[room.topic] == nil {
        members[room.topic] = Set(await hub.members(of: room.topic).map(\.id))
      }
      guard members[room.topic]?.contains(occupant) == false else { continue }
      _ = try await leave(room, user, as: occupant, on: nil)
    }
  }

  /// The leave of a guest whose connection has ended. It is repeated while the store is away.
  func connectionEnded(_ guest: GuestLeave, isLost: Bool) async {
    do {
      _ = try await leave(
        guest.room, guest.user, as: guest.occupant, on: guest.connection, isLost: isLost)
    } catch {
      log.warning("a guest's leave has to wait for the database", ["reason": "\(error)"])
      guard unfinishedLeaves.count < RoomDirectory.maxUnfinished else { return }
      unfinishedLeaves[guest] = isLost
    }
  }

  private func finishLeaves() async throws {
    for (guest, isLost) in unfinishedLeaves {
      _ = try await leave(
        guest.room, guest.user, as: guest.occupant, on: guest.connection, isLost: isLost)
      unfinishedLeaves[guest] = nil
    }
  }

  /// Keeps a report of the hub that the store did not take.
  func postpone(_ change: MembershipChange) {
    guard unfinishedReports.count < RoomDirectory.maxUnfinished else { return }
    unfinishedReports[.init(topic: change.topic, member: change.who.id)] = change
  }

  func takePostponed() -> [MembershipChange] {
    defer { unfinishedReports = [:] }
    return Array(unfinishedReports.values)
  }
}
