internal import JSON

/// A member of a topic.
public struct TopicMember: Equatable, Sendable {
  public let id: String
  public internal(set) var name: String
  public internal(set) var avatar: String
  /// False while nothing is heard of them.
  public internal(set) var isOnline: Bool
  /// Unix milliseconds at which an unstable member will be gone, if not back.
  public internal(set) var until: Int64?
}

/// The members of a topic. Always complete, or else `isCountOnly`.
public struct Presence: Equatable, Sendable {
  public internal(set) var members: [String: TopicMember] = [:]
  public internal(set) var total = 0
  public internal(set) var revision: UInt64 = 0
  /// In a large topic only the number is told; the members come by page on request.
  public internal(set) var isCountOnly = false
}

extension Presence {
  /// The outcome of applying a diff.
  enum Outcome: Equatable {
    case changed
    /// It is in already.
    case known
    /// A diff before it was missed: the list must be asked for.
    case gap
  }

  /// A whole list.
  init(revision: UInt64, members: [TopicMember], total: Int, isCountOnly: Bool) {
    self.members = Dictionary(members.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    self.total = total
    self.revision = revision
    self.isCountOnly = isCountOnly
  }

  mutating func apply(_ diff: JSONValue, revision new: UInt64) -> Outcome {
    if diff["counts_only"]?.bool == true {
      self = Presence(
        revision: new, members: [], total: diff["total"]?.int ?? 0, isCountOnly: true)
      return .changed
    }
    if new <= revision { return .known }
    guard new == revision + 1, !isCountOnly else { return .gap }
    for entry in diff["join"]?.array ?? [] {
      if let member = TopicMember(entry) { members[member.id] = member }
    }
    for entry in diff["update"]?.array ?? [] { update(entry) }
    for entry in diff["leave"]?.array ?? [] {
      if let id = entry["id"]?.string { members[id] = nil }
    }
    revision = new
    total = diff["total"]?.int ?? members.count
    return .changed
  }

  private mutating func update(_ entry: JSONValue) {
    guard let id = entry["id"]?.string, var member = members[id] else { return }
    if let name = entry["name"]?.string { member.name = name }
    if let avatar = entry["avatar"]?.string { member.avatar = avatar }
    if let state = entry["state"]?.string {
      member.isOnline = state == "online"
      member.until = entry["until"]?.int.map(Int64.init)
    }
    members[id] = member
  }
}

extension TopicMember {
  init?(_ entry: JSONValue) {
    guard let id = entry["id"]?.string else { return nil }
    self.id = id
    name = entry["name"]?.string ?? ""
    avatar = entry["avatar"]?.string ?? ""
    isOnline = entry["state"]?.string != "unstable"
    until = entry["until"]?.int.map(Int64.init)
  }
}
