internal import Primitives

/// The users online and the occupied topics, and the changes of them that the outbox lacks.
///
/// A pure value. A subject is there while anything holds it: a user is held by each topic it is a
/// member of, a topic by each of its members. That something has come is news at once; that it
/// has gone only after a while, so that whoever is back by then produces nothing. The
/// content of the outbox is compared with the wanted state: however long the store does not
/// answer, at most one notice per subject waits for it. Times are steady milliseconds.
struct WebhookLedger {
  /// The facts that are shown of a user.
  struct Person: Equatable, Sendable {
    var name: String
    var avatar: String
  }

  struct Notice: Equatable, Sendable {
    let subject: WebhookSubject
    let isThere: Bool
    /// Of a user.
    let person: Person?
    /// When it came or went.
    let at: Int64
  }

  private struct Entry {
    let number: UInt64
    var person: Person?
    var holders: Set<String> = []
    /// As the outbox has it.
    var isRecorded: Bool
    /// As the outbox is to have it.
    var isWanted: Bool
    var changed: Int64
    /// When it counts as gone, if nothing holds it by then.
    var goneAt: Int64 = .max
    var isListed = false
  }

  private let quiet: Int64
  private var entries: [WebhookSubject: Entry] = [:]
  private var subjects: [UInt64: WebhookSubject] = [:]
  private var lastNumber: UInt64 = 0
  private var goings = DeadlineHeap()
  /// Subjects of which the outbox knows something else than is wanted, in the order of the news.
  private var listed = Fifo<WebhookSubject>()

  init(quietMilliseconds: Int64) { quiet = quietMilliseconds }

  var isEmpty: Bool { entries.isEmpty }
  var hasNotices: Bool { !listed.isEmpty }

  /// When to call `settle` next.
  var nextDeadline: Int64? { goings.earliest }

  /// A subject that was there when the server was last alive; gone at `deadline` unless it comes
  /// back.
  mutating func restore(
    _ subject: WebhookSubject, _ person: Person?, at now: Int64, until deadline: Int64
  ) {
    let number = enter(subject, person, isThere: true, at: now)
    entries[subject]?.goneAt = deadline
    goings.add(number, at: deadline)
  }

  mutating func hold(
    _ subject: WebhookSubject, by holder: String, _ person: Person? = nil, at now: Int64
  ) {
    if entries[subject] == nil { _ = enter(subject, person, isThere: false, at: now) }
    guard entries[subject]?.holders.insert(holder).inserted == true else { return }
    if let person { entries[subject]?.person = person }
    entries[subject]?.goneAt = .max
    guard entries[subject]?.isWanted == false else { return }
    want(subject, true, at: now)
  }

  mutating func release(_ subject: WebhookSubject, by holder: String, at now: Int64) {
    guard let entry = entries[subject], entry.holders.contains(holder) else { return }
    entries[subject]?.holders.remove(holder)
    guard entry.holders.count == 1 else { return }
    entries[subject]?.goneAt = now + quiet
    goings.add(entry.number, at: now + quiet)
  }

  /// Counts those as gone whose time to come back is over.
  mutating func settle(at now: Int64) {
    while let number = goings.next(dueAt: now) {
      guard let subject = subjects[number], let entry = entries[subject], entry.goneAt <= now else {
        continue
      }
      entries[subject]?.goneAt = .max
      // Receivers want the moment of the departure, not that of our certainty.
      want(subject, false, at: entry.goneAt - quiet)
    }
  }

  private mutating func enter(
    _ subject: WebhookSubject, _ person: Person?, isThere: Bool, at now: Int64
  ) -> UInt64 {
    lastNumber += 1
    subjects[lastNumber] = subject
    entries[subject] = Entry(
      number: lastNumber, person: person, isRecorded: isThere, isWanted: isThere, changed: now)
    return lastNumber
  }

  private mutating func want(_ subject: WebhookSubject, _ isThere: Bool, at now: Int64) {
    entries[subject]?.isWanted = isThere
    entries[subject]?.changed = now
    list(subject)
  }

  private mutating func list(_ subject: WebhookSubject) {
    guard let entry = entries[subject], !entry.isListed else { return }
    entries[subject]?.isListed = true
    listed.append(subject)
  }
}

// Notices for the outbox. One batch at a time: `take`, then `recorded` or `refused`.
extension WebhookLedger {
  mutating func take(atMost limit: Int) -> [Notice] {
    var notices: [Notice] = []
    while notices.count < limit, let subject = listed.elements.first {
      listed.removeFirst()
      entries[subject]?.isListed = false
      guard let entry = entries[subject] else { continue }
      if entry.isWanted == entry.isRecorded {
        forgetIfGone(subject)
        continue
      }
      notices.append(
        Notice(
          subject: subject, isThere: entry.isWanted, person: entry.person, at: entry.changed))
    }
    return notices
  }

  mutating func recorded(_ notices: [Notice]) {
    for notice in notices {
      entries[notice.subject]?.isRecorded = notice.isThere
      if entries[notice.subject]?.isWanted == notice.isThere {
        forgetIfGone(notice.subject)
      } else {
        list(notice.subject)
      }
    }
  }

  mutating func refused(_ notices: [Notice]) {
    for notice in notices { list(notice.subject) }
  }

  private mutating func forgetIfGone(_ subject: WebhookSubject) {
    guard let entry = entries[subject], !entry.isWanted, !entry.isRecorded, entry.holders.isEmpty
    else { return }
    entries[subject] = nil
    subjects[entry.number] = nil
  }
}

/// A change at the owner of a topic that concerns a subject of webhooks.
struct WebhookReport: Sendable {
  let subject: WebhookSubject
  let isThere: Bool
  /// The topic or member that holds the subject.
  let holder: String
  let person: WebhookLedger.Person?
}
