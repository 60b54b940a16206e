internal import JSON
internal import PluginKit
internal import Primitives

/// Publishes stored changes to the topics.
final class Announcer: Sendable {
  static let live: Topic = "study.live"
  private static let countMilliseconds: Int64 = 1000

  private struct Counter {
    var isDirty = false
    var isTelling = false
    var toldAt: Int64 = 0
    var told: Int?
  }

  private let hub: any Hub
  private let records: StudyStore
  private let clock: any WallClock
  private let log: Log
  private let counter = Locked(Counter())

  init(_ services: PluginServices, records: StudyStore) {
    hub = services.hub
    clock = services.clock
    log = services.log
    self.records = records
  }

  static func user(_ id: Int64) -> Topic { Topic("study.user.\(id)") }

  /// Links have the origin of the call that started the record.
  func started(_ study: Study, _ links: Links) async {
    await hub.announce(
      Event("study.started", ["study": study.json(links)]),
      to: [Announcer.user(study.creator)])
    await countChanged()
  }

  func finished(_ study: Study, seconds: Int64, _ links: Links) async {
    await hub.announce(
      Event("study.finished", ["study": study.json(links), "seconds": .int(seconds)]),
      to: [Announcer.user(study.creator)])
    await countChanged()
  }

  /// Tells a count that had to wait until a second after the last one.
  func flushCount() async {
    guard takeTurn() else { return }
    do {
      let count = try await records.studying()
      let isNew = counter.withLock { counter in
        defer { counter.told = count }
        return counter.told != count
      }
      if isNew {
        await hub.announce(
          Event("study.count", ["studying": JSONValue(count)]), to: [Announcer.live])
      }
    } catch {
      log.warning("study.count was not published", ["reason": "\(error)"])
      counter.withLock { $0.isDirty = true }
    }
    counter.withLock { $0.isTelling = false }
  }

  private func countChanged() async {
    counter.withLock { $0.isDirty = true }
    await flushCount()
  }

  /// One at a time: a count that was read earlier must not be published later.
  private func takeTurn() -> Bool {
    let now = clock.now
    return counter.withLock { counter in
      guard counter.isDirty, !counter.isTelling,
        now - counter.toldAt >= Announcer.countMilliseconds
      else { return false }
      counter.isDirty = false
      counter.isTelling = true
      counter.toldAt = now
      return true
    }
  }
}
