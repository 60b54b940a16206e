internal import JSON

/// One topic as the client follows it, across reconnects.
struct TopicState: Sendable {
  enum Phase: Equatable, Sendable {
    /// Not asked for on this connection.
    case absent
    case asking
    case live
    /// Refused for now; asked for again at this moment.
    case pausing(until: Int64)
    /// Refused, until the next connection.
    case refused(MusterError)
  }

  let wantsPresence: Bool
  var phase = Phase.absent
  /// Everything up to here has been told.
  private(set) var offset: UInt64?
  private(set) var epoch: String?
  private var isFirst = true
  /// Events that came before the answer to `subscribe`.
  private var early: [TopicEvent] = []
  private var presence = Presence()
  /// Diffs that wait while a whole list is on its way; nil when none is.
  private var held: [(diff: JSONValue, revision: UInt64)]?
  private var pages: [TopicMember] = []
  /// The revision of the first page: later changes may be missing in the pages before them.
  private var firstRevision: UInt64?

  init(wantsPresence: Bool, from position: TopicPosition?) {
    self.wantsPresence = wantsPresence
    offset = position?.offset
    epoch = position?.epoch
    isFirst = position == nil
  }

  /// `data` of the `subscribe` frame.
  var wish: JSONValue {
    guard let offset, let epoch else {
      return ["presence": .bool(wantsPresence), "batch": true]
    }
    return [
      "presence": .bool(wantsPresence), "batch": true,
      "recover": ["offset": .int(Int64(clamping: offset)), "epoch": .string(epoch)],
    ]
  }

  mutating func forgetPosition() { offset = nil }

  mutating func disconnect() {
    phase = .absent
    early = []
    listFailed()
  }

  /// The answer to `subscribe`. `next` is where the list of members goes on, if it does.
  mutating func started(_ frame: JSONValue) -> (news: [TopicNews], next: Int?) {
    let data = frame["data"] ?? .null
    let recovered = data["recovered"]?.bool
    let answered = frame["epoch"]?.string
    let isLost = recovered == false || recovered == nil && !isFirst && answered != epoch
    if recovered != true { offset = nil }
    epoch = answered
    var news: [TopicNews] = []
    if isLost { news.append(.reset(data["reason"]?.string ?? "")) }
    if let snapshot = data["snapshot"], !snapshot.isNull { news.append(.snapshot(snapshot)) }
    for event in (data["events"]?.array ?? []).map(TopicEvent.init) + early {
      if let fresh = take(event) { news.append(fresh) }
    }
    early = []
    if let now = frame["offset"]?.unsigned { offset = max(offset ?? 0, now) }
    phase = .live
    isFirst = false
    var next: Int?
    if let list = data["presence"] {
      let taken = whole(list, revision: list["rev"]?.unsigned ?? 0)
      news += taken.news
      next = taken.next
    }
    news.append(.live(recovered: recovered == true))
    return (news, next)
  }

  /// An event; nil if it was told before or has to wait.
  mutating func event(_ frame: JSONValue) -> TopicNews? {
    let event = TopicEvent(frame)
    if phase == .live { return take(event) }
    if phase == .asking { early.append(event) }
    return nil
  }

  private mutating func take(_ event: TopicEvent) -> TopicNews? {
    if let new = event.offset {
      if let offset, new <= offset { return nil }
      offset = new
    }
    return .event(event)
  }
}

// The members.
extension TopicState {
  /// A whole list, or one page of it.
  mutating func whole(_ data: JSONValue, revision: UInt64) -> (news: [TopicNews], next: Int?) {
    pages += (data["members"]?.array ?? []).compactMap(TopicMember.init)
    held = held ?? []
    let first = firstRevision ?? revision
    firstRevision = first
    if let next = data["next"]?.int { return ([], next) }
    presence = Presence(
      revision: first, members: pages, total: data["total"]?.int ?? pages.count,
      isCountOnly: data["counts_only"]?.bool == true)
    pages = []
    firstRevision = nil
    let waiting = held ?? []
    held = nil
    // A change that a later page holds already changes nothing when it is applied again.
    for (diff, revision) in waiting { _ = presence.apply(diff, revision: revision) }
    return ([.presence(presence)], nil)
  }

  /// The whole list could not be had; the next change will show the gap again.
  mutating func listFailed() {
    held = nil
    pages = []
    firstRevision = nil
  }

  /// A change; `isGap` when the whole list must be asked for.
  mutating func diff(_ data: JSONValue, revision: UInt64) -> (news: TopicNews?, isGap: Bool) {
    guard phase == .live, wantsPresence else { return (nil, false) }
    guard held == nil else {
      held?.append((data, revision))
      return (nil, false)
    }
    switch presence.apply(data, revision: revision) {
    case .changed: return (.presence(presence), false)
    case .known: return (nil, false)
    case .gap:
      held = [(data, revision)]
      return (nil, true)
    }
  }
}

extension TopicEvent {
  init(_ frame: JSONValue) {
    offset = frame["offset"]?.unsigned
    ts = Int64(frame["ts"]?.int ?? 0)
    data = frame["data"] ?? .null
  }
}

extension JSONValue {
  var unsigned: UInt64? { int.flatMap { UInt64(exactly: $0) } }
}
