internal import HubStore
internal import HubTopics
internal import Loop
internal import PluginKit

// Members across a restart.
extension HubServer {
  /// After a longer absence no member is expected.
  private static let longestAbsence: Int64 = 600_000

  /// Over how many milliseconds those spread their return who were here before the start.
  func lastWindow() async -> Int {
    do {
      return try await house.memberStore.lastWindow()
    } catch {
      house.log.error("nobody knows when those will be back who were here", ["reason": "\(error)"])
      return 0
    }
  }

  /// Hands the members that the store knows to the owners of their topics.
  func expectMembers(within time: Int64) async {
    do {
      let now = workers[0].loop.time.unixMilliseconds
      let members = try await house.memberStore.read(at: now, within: Self.longestAbsence)
      try await house.memberStore.sign(at: now, window: house.windowToStore)
      let parts = Dictionary(grouping: members) { $0.0.topic.owner(among: workers.count) }
      for (worker, part) in parts { await workers[worker].expect(part, within: time) }
    } catch {
      house.log.error("nobody knows who was here before", ["reason": "\(error)"])
    }
  }
}

extension Worker {
  /// Tells the store that the server is alive, which the next start wants to know.
  func giveSignOfLife() async {
    do {
      try await house.memberStore.sign(at: loop.unixMilliseconds, window: house.windowToStore)
    } catch {
      house.log.warning("the store takes no sign of life", ["reason": "\(error)"])
    }
  }

  /// Keeps the previous process's reconnect window in force until its clients have returned or
  /// timed out, even across another crash.
  func inherit(_ window: Int, for time: Int64) {
    house.inheritWindow(window)
    loop.schedule(after: .milliseconds(time)) { [unowned self] in house.inheritWindow(0) }
  }
}
