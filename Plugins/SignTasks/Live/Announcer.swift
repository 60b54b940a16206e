internal import JSON
internal import PluginKit
internal import Primitives

/// Tells the topics what was stored.
final class Announcer: Sendable {
  /// Two counts a second are all that anybody can read.
  private static let countMilliseconds: Int64 = 500

  /// A count that was overtaken arrives within this time, if at all.
  private static let memoryMilliseconds: Int64 = 60_000

  private struct Counter {
    var toldAt: Int64 = 0
    var told: Int64 = 0
    var newest: Int64 = 0
    let table: Int64
  }

  private let hub: any Hub
  private let clock: any WallClock
  private let counters = Locked<[Int64: Counter]>([:])

  init(hub: any Hub, clock: any WallClock) {
    self.hub = hub
    self.clock = clock
  }

  static func course(_ table: Int64) -> Topic { Topic("sign.course.\(table)") }
  static func task(_ sign: Int64) -> Topic { Topic("sign.task.\(sign)") }
  static func user(_ user: Int64) -> Topic { Topic("sign.user.\(user)") }

  func created(_ task: SignTask, for students: [Int64]) async {
    let event = Event("sign.created", ["sign": task.json()])
    await hub.announce(
      event, to: [Announcer.course(task.table)] + students.map(Announcer.user))
  }

  func appended(_ note: JSONValue, to task: SignTask) async {
    await hub.announce(
      Event("sign.appended", ["signID": .int(task.id), "append": note]),
      to: [Announcer.course(task.table)])
  }

  func detailed(_ detail: String, of task: SignTask) async {
    await hub.announce(
      Event(
        "sign.detail",
        ["signID": .int(task.id), "taskID": .int(task.task), "detail": .string(detail)]),
      to: [Announcer.course(task.table)])
  }

  func begun(_ sign: Int64, log: Int64, by student: Int64, at now: Int64) async {
    let event = Event(
      "sign.begun",
      [
        "signID": .int(sign), "signLogID": .int(log), "studentID": .int(student),
        "beginTime": .int(now),
      ])
    await hub.announce(event, to: [Announcer.task(sign), Announcer.user(student)])
  }

  func finished(
    _ finished: LogStore.Finished, of sign: Int64, by student: Int64, at now: Int64
  ) async {
    let event = Event(
      "sign.finished",
      [
        "signID": .int(sign), "signLogID": .int(finished.log), "studentID": .int(student),
        "logStatus": .int(finished.key.status), "endTime": .int(now),
        "longitude": SignLog.number(finished.key.longitude),
        "latitude": SignLog.number(finished.key.latitude),
      ])
    await hub.announce(event, to: [Announcer.task(sign), Announcer.user(student)])
    guard finished.key.status == 1 else { return }
    await counted(sign, finished.table, finished.count)
  }

  func expired(_ task: SignTask) async {
    counters.withLock { $0[task.id] = nil }
    let event = Event(
      "sign.expired",
      ["signID": .int(task.id), "taskID": .int(task.task), "count": .int(task.count)])
    await hub.announce(event, to: [Announcer.course(task.table), Announcer.task(task.id)])
  }

  func selected(_ table: Int64, by student: Int64) async {
    await hub.announce(
      Event("sign.selected", ["courseTableID": .int(table)]), to: [Announcer.user(student)])
  }

  /// The counts that waited for the half second to pass.
  func flushCounts() async {
    let now = clock.now
    let due = counters.withLock { counters in
      var due: [(sign: Int64, table: Int64, count: Int64)] = []
      for (sign, counter) in counters where now - counter.toldAt >= Announcer.countMilliseconds {
        if counter.newest > counter.told {
          due.append((sign, counter.table, counter.newest))
          counters[sign]?.told = counter.newest
          counters[sign]?.toldAt = now
        } else if now - counter.toldAt >= Announcer.memoryMilliseconds {
          counters[sign] = nil
        }
      }
      return due
    }
    for (sign, table, count) in due { await tell(sign, table, count) }
  }

  private func counted(_ sign: Int64, _ table: Int64, _ count: Int64) async {
    let now = clock.now
    let isDue = counters.withLock { counters in
      var counter = counters[sign] ?? Counter(table: table)
      // Two that finish together may arrive here in the other order.
      counter.newest = max(counter.newest, count)
      let isDue =
        counter.newest == count && now - counter.toldAt >= Announcer.countMilliseconds
      if isDue { (counter.toldAt, counter.told) = (now, count) }
      counters[sign] = counter
      return isDue
    }
    if isDue { await tell(sign, table, count) }
  }

  private func tell(_ sign: Int64, _ table: Int64, _ count: Int64) async {
    await hub.announce(
      Event("sign.count", ["signID": .int(sign), "count": .int(count)]),
      to: [Announcer.course(table), Announcer.task(sign)])
  }
}
