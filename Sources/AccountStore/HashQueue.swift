internal import PluginKit

/// The passwords that wait for a thread. Clients take turns, each with a queue of its own, so many
/// passwords of one client delay only its own. A pure value.
struct HashQueue {
  typealias Ticket = UInt64

  enum Admission: Equatable {
    case waits
    /// The ticket replaces another one, which is out of the queue.
    case displaces(Ticket)
    case refused
  }

  private(set) var count = 0
  private let capacity: Int
  /// The most places of one client.
  private let share: Int
  private var lines: [ClientKey?: [Ticket]] = [:]
  /// The clients with a queue, in the order of their turns.
  private var turns: [ClientKey?] = []

  init(capacity: Int, share: Int) {
    self.capacity = capacity
    self.share = share
  }

  /// Adds a ticket. A full queue still takes one from a client with fewer tickets than another: the
  /// longest queue loses its newest ticket.
  ///
  /// - Parameter client: nil for operators, who have no share.
  mutating func enter(_ ticket: Ticket, for client: ClientKey?) -> Admission {
    let own = length(client)
    guard client == nil || own < share else { return .refused }
    if count < capacity {
      append(ticket, for: client)
      return .waits
    }
    guard let longest = turns.max(by: { length($0) < length($1) }), length(longest) > own + 1,
      let newest = lines[longest]?.popLast()
    else { return .refused }
    count -= 1
    append(ticket, for: client)
    return .displaces(newest)
  }

  /// Takes the next ticket.
  mutating func next() -> Ticket? {
    guard let client = turns.first, var line = lines[client], !line.isEmpty else { return nil }
    turns.removeFirst()
    let ticket = line.removeFirst()
    lines[client] = line.isEmpty ? nil : line
    if !line.isEmpty { turns.append(client) }
    count -= 1
    return ticket
  }

  private func length(_ client: ClientKey?) -> Int { lines[client]?.count ?? 0 }

  private mutating func append(_ ticket: Ticket, for client: ClientKey?) {
    if lines[client] == nil { turns.append(client) }
    lines[client, default: []].append(ticket)
    count += 1
  }
}
