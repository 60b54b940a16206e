internal import Loop
internal import PluginKit

// Members of this worker's topics in the store, and those who were there before a restart.
extension Worker {
  /// Shorter than the time in which changes are gathered for others: whoever is shown to them is
  /// in the store already, so that a crash cannot make anybody leave whom they saw.
  private static var writeDelay: Duration { .milliseconds(100) }
  private static var retryDelay: Duration { .seconds(2) }

  func note(_ kind: MembershipChange.Kind, of who: Identity, in topic: TopicName) {
    tellWebhooks(kind, of: who, in: topic)
    let place = MemberLog.Place(topic: topic, user: who.id)
    switch kind {
    case .joined:
      members.note(.came(.init(who: who, since: loop.unixMilliseconds)), at: place)
    case .left: members.note(.went, at: place)
    }
    writeMembersLater(Worker.writeDelay)
  }

  private func writeMembersLater(_ delay: Duration) {
    guard membersTimer == nil else { return }
    membersTimer = loop.schedule(after: delay) { [unowned self] in
      assumeIsolated { worker in
        worker.membersTimer = nil
        worker.writeMembers()
      }
    }
  }

  private func writeMembers() {
    guard let part = members.take() else { return }
    Task.immediate {
      do {
        try await house.memberLog.write(part)
        members.written()
        if !members.isEmpty { writeMembersLater(Worker.writeDelay) }
      } catch {
        house.log.error("members cannot be stored", ["reason": "\(error)"])
        members.refused(part)
        writeMembersLater(Worker.retryDelay)
      }
    }
  }

  /// Waits until the store knows of everybody, but not for a store that does not answer.
  func finishMembers() async {
    for _ in 0..<200 {
      writeMembers()
      if members.isIdle { return }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Tells the store that the server is alive, which a restart wants to know.
  func giveSignOfLife() async {
    do {
      try await house.memberLog.sign(at: loop.unixMilliseconds, window: house.windowToStore)
    } catch {
      house.log.warning("the store takes no sign of life", ["reason": "\(error)"])
    }
  }

  /// Takes in those who were in a topic of this worker before the server was started. They have
  /// `time` milliseconds to come back.
  func expect(_ members: [(MemberLog.Place, MemberLog.Row)], within time: Int64) {
    for (place, row) in members {
      guard let home = existingOrClosed(place.topic), home.topic.presence != nil else {
        // The topic has no owner any more, or does not want to know who is there.
        note(.left(.closed), of: row.who, in: place.topic)
        continue
      }
      home.topic.presence?.expect(
        row.who, since: row.since - wallShift, until: steadyTime + time, at: steadyTime)
      tellWebhooks(.joined, of: row.who, in: place.topic)
      setTimer(home)
    }
  }

  /// What the clients of the server before were told counts until the last of them is back or gone,
  /// over a further crash, too.
  func inherit(_ window: Int, for time: Int64) {
    house.inheritWindow(window)
    loop.schedule(after: .milliseconds(time)) { [unowned self] in house.inheritWindow(0) }
  }

  private func existingOrClosed(_ topic: TopicName) -> TopicHome? {
    if let home = homes[topic] { return home }
    guard let rules = rules(for: topic) else { return nil }
    return makeHome(topic, rules)
  }
}

extension HubServer {
  /// After a longer absence nobody is expected.
  private static let longestAbsence: Int64 = 600_000

  /// Over how many milliseconds those spread their return who were here before the start.
  func lastWindow() async -> Int {
    do {
      return try await house.memberLog.lastWindow()
    } catch {
      house.log.error("nobody knows when those will be back who were here", ["reason": "\(error)"])
      return 0
    }
  }

  /// Hands the members that the store knows to the homes of their topics.
  func expectMembers(within time: Int64) async {
    do {
      let now = workers[0].loop.time.unixMilliseconds
      let members = try await house.memberLog.read(at: now, within: Self.longestAbsence)
      try await house.memberLog.sign(at: now, window: house.windowToStore)
      let parts = Dictionary(grouping: members) { workers[0].home(of: $0.0.topic) }
      for (worker, part) in parts { await workers[worker].expect(part, within: time) }
    } catch {
      house.log.error("nobody knows who was here before", ["reason": "\(error)"])
    }
  }
}
