internal import PluginKit
internal import Primitives

/// The connections to `/chart`, at most one for each student number.
final class ChartConnections: Sendable {
  struct Entry {
    let connection: any DialectConnection
    /// The hub's name for the user of the connection.
    let member: String
    /// False while the connection is still on its way in.
    var hasArrived = false
  }

  private let entries = Locked<[String: Entry]>([:])

  subscript(number: String) -> Entry? { entries.withLock { $0[number] } }

  func contains(_ number: String) -> Bool { self[number] != nil }

  /// Makes `connection` the one of that student. False if another one is and lives.
  ///
  /// An older connection that has gone silent, or that the hub no longer knows, gives way: its
  /// client has just come back on a new line.
  func claim(
    _ number: String, as identity: Identity, _ connection: any DialectConnection, on hub: any Hub
  ) async -> Bool {
    let older: Entry? = entries.withLock { entries in
      if let older = entries[number] { return older }
      entries[number] = Entry(connection: connection, member: identity.id)
      return nil
    }
    guard let older else { return true }
    guard older.hasArrived, await !ChartConnections.isOnline(older.member, on: hub) else {
      return false
    }
    let isMine = entries.withLock { entries in
      guard entries[number]?.connection.id == older.connection.id else { return false }
      entries[number] = Entry(connection: connection, member: identity.id)
      return true
    }
    if isMine { await older.connection.close(code: ChartDialect.replaced, reason: "replaced") }
    return isMine
  }

  private static func isOnline(_ id: String, on hub: any Hub) async -> Bool {
    let members = await hub.members(of: LabChat.topic)
    return members.first { $0.id == id }?.state == .online
  }

  func arrived(_ number: String, _ connection: any DialectConnection) {
    entries.withLock { entries in
      if entries[number]?.connection.id == connection.id { entries[number]?.hasArrived = true }
    }
  }

  func release(_ number: String, _ connection: any DialectConnection) {
    entries.withLock { entries in
      if entries[number]?.connection.id == connection.id { entries[number] = nil }
    }
  }
}
