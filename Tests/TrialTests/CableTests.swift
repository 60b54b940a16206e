import JSON
import Loop
import Rig
import Testing

extension Trials {
  /// What others see of somebody who goes, in real time: the table of the protocol, row by row.
  @Suite struct CableTests {
    /// The heartbeat in seconds. The short run turns the server's clockwork up.
    private struct Bounds {
      let unstable: Double
      let timeout: Double
      let grace: Double
      /// How much earlier or later than `timeout` may be.
      let slack: Double

      static let usual = Bounds(unstable: 15, timeout: 60, grace: 5, slack: 2)
      static let brisk = Bounds(unstable: 2, timeout: 4, grace: 1, slack: 1)

      var settings: [String] {
        guard !Trial.isLong else { return [] }
        return [
          "heartbeat.ping=1s", "heartbeat.unstable=2s", "heartbeat.timeout=4s",
          "heartbeat.leave_grace=1s",
        ]
      }

      var end: ClosedRange<Double> { timeout - slack...timeout + slack }
      var atOnce: ClosedRange<Double> { 0...1 }
      var silence: ClosedRange<Double> { 0...unstable + 1 }
      var reload: ClosedRange<Double> { grace - 0.2...grace + 1.5 }
    }

    private let bounds = Trial.pick(short: Bounds.brisk, long: Bounds.usual)

    @Test(.timeLimit(.minutes(3)))
    func `who goes is shown as the table says, and who comes back never left`() async throws {
      try await RealServer.run(bounds.settings) { server, _ in
        try await withThrowingTaskGroup { group in
          for way in Way.allCases { group.addTask { try await look(at: way, server) } }
          group.addTask { try await lookAtKilledProgram(server) }
          group.addTask { try await lookAtReload(server) }
          group.addTask { try await lookAtLateReturn(server) }
          group.addTask { try await lookAtHeldCable(server) }
          try await group.waitForAll()
        }
      }
    }

    /// How somebody goes for good.
    private enum Way: String, CaseIterable {
      case swallowed, reset, dropped, awayFromPage, closed, bye, unsubscribed
    }

    private func expected(_ way: Way) -> (
      unstable: ClosedRange<Double>?, leave: ClosedRange<Double>
    ) {
      switch way {
      case .swallowed: (bounds.silence, bounds.end)
      case .reset, .dropped: (bounds.atOnce, bounds.end)
      case .awayFromPage: (bounds.atOnce, bounds.reload)
      case .closed, .bye, .unsubscribed: (nil, bounds.atOnce)
      }
    }

    private func look(at way: Way, _ server: RealServer) async throws {
      let topic = "echo.room.\(way.rawValue)"
      try await Watcher.run(topic, at: server) { watcher in
        let cable = try Cable(to: server.port)
        defer { cable.remove() }
        // A cable ends a connection its own way: what the guest's end does goes without one.
        let session = "s_\(way.rawValue)"
        let guest =
          way == .swallowed
          ? try await Guest.come(to: topic, session: session, through: cable)
          : try await Guest.come(to: topic, session: session, at: server)
        _ = try await watcher.sees("join", of: guest.user, within: 5)
        let last = try await guest.lastByte()
        try await go(way, guest, topic, cable)
        let (unstable, leave) = expected(way)
        let gone = try await watcher.sees("leave", of: guest.user, within: leave.upperBound + 5)
        #expect(leave.contains(gone.seconds(since: last)), "\(way): \(gone.seconds(since: last))")
        let seen = await watcher.sightings(of: guest.user)
        #expect(seen.map(\.what) == ["join"] + (unstable == nil ? [] : ["unstable"]) + ["leave"])
        if let unstable, seen.count == 3 {
          let after = seen[1].seconds(since: last)
          #expect(unstable.contains(after), "\(way): unstable after \(after)")
        }
      }
    }

    private func go(_ way: Way, _ guest: Guest, _ topic: String, _ cable: Cable) async throws {
      switch way {
      case .swallowed: cable.swallow()
      case .reset: await guest.wire.reset()
      case .dropped: await guest.wire.drop()
      case .awayFromPage: try await guest.wire.sendClose(1001)
      case .closed: try await guest.wire.sendClose(1000)
      case .bye: try await guest.wire.say(["type": "bye"])
      case .unsubscribed:
        try await guest.wire.say(["type": "unsubscribe", "topic": .string(topic)])
      }
    }

    /// As the kernel ends the lines of a program that is killed.
    private func lookAtKilledProgram(_ server: RealServer) async throws {
      let topic = "echo.room.killed"
      try await Watcher.run(topic, at: server) { watcher in
        try await server.startGuest(in: topic)
        let came = try await watcher.sees("join", within: 30)
        await server.killGuest()
        let killed = ContinuousClock.now
        let unstable = try await watcher.sees("unstable", of: came.user, within: 5)
        #expect(bounds.atOnce.contains(unstable.seconds(since: killed)))
        let gone = try await watcher.sees("leave", of: came.user, within: bounds.timeout + 5)
        // It said its last word a moment before it was seen.
        #expect(bounds.end.contains(gone.seconds(since: came.moment)))
      }
    }

    private func lookAtReload(_ server: RealServer) async throws {
      let topic = "echo.room.reload"
      try await Watcher.run(topic, at: server) { watcher in
        let page = try await Guest.come(to: topic, session: "s_reload", at: server)
        _ = try await watcher.sees("join", of: page.user, within: 5)
        try await page.wire.sendClose(1001)
        _ = try await watcher.sees("unstable", of: page.user, within: 5)
        let again = try await Guest.come(to: topic, session: "s_reload", at: server)
        #expect(again.user == page.user && again.isResumed)
        try await stays(watcher, again, for: bounds.grace + 2)
      }
    }

    private func lookAtLateReturn(_ server: RealServer) async throws {
      let topic = "echo.room.return"
      try await Watcher.run(topic, at: server) { watcher in
        let phone = try await Guest.come(to: topic, session: "s_return", at: server)
        _ = try await watcher.sees("join", of: phone.user, within: 5)
        await phone.wire.drop()
        _ = try await watcher.sees("unstable", of: phone.user, within: 5)
        try await Task.sleep(for: .seconds(bounds.timeout / 2))
        let again = try await Guest.come(to: topic, session: "s_return", at: server)
        #expect(again.isResumed)
        try await stays(watcher, again, for: bounds.timeout / 2 + 2)
      }
    }

    private func lookAtHeldCable(_ server: RealServer) async throws {
      let topic = "echo.room.held"
      try await Watcher.run(topic, at: server) { watcher in
        let cable = try Cable(to: server.port)
        defer { cable.remove() }
        let laptop = try await Guest.come(to: topic, session: "s_held", through: cable)
        _ = try await watcher.sees("join", of: laptop.user, within: 5)
        cable.hold()
        _ = try await watcher.sees("unstable", of: laptop.user, within: bounds.unstable + 3)
        cable.plug()
        try await stays(watcher, laptop, for: bounds.timeout / 2)
      }
    }

    /// Somebody who was unstable is online again, and nothing else was ever told.
    private func stays(_ watcher: Watcher, _ guest: Guest, for seconds: Double) async throws {
      try await guest.listens(for: seconds)
      let seen = await watcher.sightings(of: guest.user).map(\.what)
      #expect(seen == ["join", "unstable", "online"])
      await guest.wire.drop()
    }
  }
}

extension Watcher.Sighting {
  func seconds(since start: ContinuousClock.Instant) -> Double { (moment - start) / .seconds(1) }
}
