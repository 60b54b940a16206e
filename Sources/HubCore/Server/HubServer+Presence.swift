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
      return try await shared.topics.memberStore.lastWindow()
    } catch {
      shared.log.error("nobody knows when those will be back who were here", ["reason": "\(error)"])
      return 0
    }
  }

  /// Hands the members that the store knows to the owners of their topics.
  func expectMembers(within time: Int64) async {
    do {
      let now = workers[0].loop.time.unixMilliseconds
      let members = try await shared.topics.memberStore.read(at: now, within: Self.longestAbsence)
      try await shared.topics.memberStore.sign(at: now, window: shared.window.toStore)
      let parts = Dictionary(grouping: members) { $0.0.topic.owner(among: workers.count) }
      for (worker, part) in parts { await workers[worker].expect(part, within: time) }
    } catch {
      shared.log.error("nobody knows who was here before", ["reason": "\(error)"])
    }
  }
}
