import PluginKit
import Testing

@testable import HubProtocol
@testable import HubTopics

/// A topic with a clock that is turned by hand and a connection number for each name.
private struct Scene {
  var table = PresenceTable()
  var now: Int64 = 1_000_000
  var left: [Leaving] = []

  mutating func join(_ user: Int64, _ connection: UInt64, session: String? = nil)
    -> PresenceTable.Arrival
  {
    table.join(user.identity, ConnectionID(connection), session: session, at: now)
  }

  mutating func lose(_ connection: UInt64, _ loss: PresenceTable.Loss) {
    if let leaving = table.lose(ConnectionID(connection), loss, at: now) { left.append(leaving) }
  }

  /// Turns the clock and gives the diffs that were due on the way, as a client would read them.
  mutating func wait(_ milliseconds: Int64) -> [String] {
    let end = now + milliseconds
    var told: [String] = []
    while let deadline = table.nextDeadline, deadline <= end {
      now = max(now, deadline)
      left += table.expire(at: now)
      if let diff = table.takeDiff(at: now) { told.append(diff.story) }
    }
    now = end
    return told
  }
}

extension Int64 {
  fileprivate var identity: Identity { Identity(account: self, name: "n\(self)", roles: []) }
}

extension PresenceDiff {
  fileprivate var story: String {
    if countsOnly { return "#\(rev) \(total) are there" }
    let parts =
      join.map { "+\($0.who.id)\($0.state.story)" } + update.map { "~\($0.id)\($0.state.story)" }
      + leave.map { "-\($0.id) \($0.reason.rawValue)" }
    return "#\(rev) \(parts.joined(separator: ", ")) = \(total)"
  }
}

extension PresenceState {
  fileprivate var story: String {
    switch self {
    case .online: ""
    case .unstable(let until): " until \(until)"
    }
  }
}

@Suite struct `Presence` {
  @Test func `tells of a user who comes and says bye`() {
    var scene = Scene()
    #expect(scene.join(1, 1) == .joined)
    #expect(scene.wait(249) == [])
    #expect(scene.wait(1) == ["#1 +u1 = 1"])
    scene.lose(1, .bye)
    #expect(scene.left == [Leaving(who: Int64(1).identity, reason: .bye)] && scene.table.isEmpty)
    #expect(scene.wait(250) == ["#2 -u1 bye = 0"])
    #expect(scene.table.nextDeadline == nil)
  }

  @Test func `counts users and not connections`() {
    var scene = Scene()
    #expect(scene.join(1, 1) == .joined && scene.join(1, 2) == .present)
    #expect(scene.join(1, 1) == .present)
    #expect(scene.wait(1000) == ["#1 +u1 = 1"])
    #expect(scene.table.overview().members?.map(\.connections) == [2])
    scene.lose(1, .bye)
    #expect(scene.wait(1000) == [] && scene.left == [] && scene.table.contains("u1"))
    scene.lose(2, .ended)
    #expect(scene.wait(1000) == ["#2 -u1 closed = 0"] && !scene.table.contains("u1"))
  }

  @Test func `does not show a reload as a leave`() {
    var scene = Scene()
    _ = scene.join(1, 1, session: "tab")
    _ = scene.wait(1000)
    scene.lose(1, .goingAway)
    #expect(scene.wait(1000) == ["#2 ~u1 until 1006000 = 1"])
    #expect(scene.join(1, 2, session: "tab") == .present)
    #expect(scene.wait(90_000) == ["#3 ~u1 = 1"] && scene.left == [])
  }

  @Test func `shows nothing at all of a reload within the window`() {
    var scene = Scene()
    _ = scene.join(1, 1, session: "tab")
    _ = scene.wait(1000)
    scene.lose(1, .goingAway)
    scene.now += 200
    #expect(scene.join(1, 2, session: "tab") == .present)
    #expect(scene.wait(90_000) == [] && scene.table.rev == 1)
  }

  @Test func `lets a closed tab go after five seconds`() {
    var scene = Scene()
    _ = scene.join(1, 1)
    _ = scene.wait(1000)
    scene.lose(1, .goingAway)
    #expect(scene.wait(4999) == ["#2 ~u1 until 1006000 = 1"] && scene.left == [])
    #expect(scene.wait(251) == ["#3 -u1 closed = 0"])
    #expect(scene.left == [Leaving(who: Int64(1).identity, reason: .closed)])
  }

  @Test func `shows a broken connection at once and ends it a minute after its last byte`() {
    var scene = Scene()
    _ = scene.join(1, 1)
    _ = scene.wait(10_000)
    scene.lose(1, .broken(lastByte: scene.now - 7_000))
    #expect(scene.wait(250) == ["#2 ~u1 until 1063000 = 1"])
    #expect(scene.wait(1_063_000 - 1 - scene.now) == [] && scene.left == [])
    #expect(scene.wait(251) == ["#3 -u1 timeout = 0"])
  }

  @Test func `shows silence while it lasts and ends it with the heartbeat`() {
    var scene = Scene()
    _ = scene.join(1, 1)
    let lastByte = scene.now
    _ = scene.wait(15_500)
    scene.table.silent(ConnectionID(1), lastByte: lastByte, at: scene.now)
    #expect(scene.wait(250) == ["#2 ~u1 until 1060000 = 1"])
    scene.table.heard(ConnectionID(1), at: scene.now)
    #expect(scene.wait(250) == ["#3 ~u1 = 1"])
    scene.table.silent(ConnectionID(1), lastByte: lastByte, at: scene.now)
    _ = scene.wait(lastByte + 60_000 - scene.now)
    #expect(scene.left == [])
    scene.lose(1, .broken(lastByte: lastByte))
    #expect(scene.left.map(\.reason) == [.timeout])
    #expect(scene.wait(250) == ["#5 -u1 timeout = 0"])
  }

  @Test func `keeps a user online while one of several connections is well`() {
    var scene = Scene()
    _ = scene.join(1, 1)
    _ = scene.join(1, 2)
    _ = scene.wait(1000)
    scene.table.silent(ConnectionID(1), lastByte: scene.now, at: scene.now)
    #expect(scene.wait(1000) == [])
    scene.lose(2, .goingAway)
    // The silent one may still speak, longer than the closed one may come back.
    #expect(scene.wait(10_000) == ["#2 ~u1 until 1061000 = 1"] && scene.left == [])
    scene.lose(1, .bye)
    #expect(scene.wait(1000) == ["#3 -u1 bye = 0"])
  }

  @Test func `never shows a drain whose users come back`() {
    var scene = Scene()
    _ = scene.join(1, 1, session: "a")
    _ = scene.join(2, 2)
    _ = scene.wait(1000)
    scene.lose(1, .drained)
    scene.lose(2, .drained)
    #expect(
      scene.wait(59_000) == [] && scene.table.overview().members?.map(\.connections) == [0, 0])
    #expect(scene.join(1, 11, session: "a") == .present)
    #expect(scene.wait(2_000) == ["#2 -u2 timeout = 1"])
    #expect(scene.wait(100_000) == [])
    scene.lose(11, .bye)
    #expect(scene.wait(1000) == ["#3 -u1 bye = 0"])
  }

  @Test func `expects after a restart those who were there before`() {
    var scene = Scene()
    for user in Int64(1)...3 {
      scene.table.expect(
        user.identity, since: 500_000 + user, until: scene.now + 60_000, at: scene.now)
    }
    let members = scene.table.overview().members ?? []
    #expect(members.map(\.state) == Array(repeating: .unstable(until: 1_060_000), count: 3))
    #expect(members.map(\.since) == [500_001, 500_002, 500_003])
    #expect(scene.wait(1000) == [])
    // Their owner has not heard of them since the start, whatever tab they come back with.
    #expect(scene.join(1, 1, session: "a") == .returned && scene.join(2, 2) == .returned)
    #expect(scene.join(1, 3, session: "b") == .present)
    #expect(scene.wait(1000) == ["#1 ~u1, ~u2 = 3"])
    #expect(scene.wait(60_000) == ["#2 -u3 timeout = 2"])
    #expect(scene.left == [Leaving(who: Int64(3).identity, reason: .timeout)])
    scene.lose(2, .bye)
    #expect(scene.wait(1000) == ["#3 -u2 bye = 1"])
    #expect(scene.join(3, 4) == .joined)
  }

  @Test func `shows the users of a dead node as unstable and lets them go after a minute`() {
    var scene = Scene()
    for user in Int64(1)...4 { _ = scene.join(user, UInt64(user), session: "s\(user)") }
    _ = scene.wait(1000)
    scene.table.nodeLost({ $0.rawValue > 1 }, at: scene.now)
    let until = scene.now + 60_000
    _ = scene.wait(1000)
    #expect(
      scene.table.overview().members?.map(\.state)
        == [.online] + Array(repeating: .unstable(until: until), count: 3))
    #expect(scene.join(2, 12, session: "s2") == .present)
    _ = scene.wait(60_000)
    #expect(Set(scene.left.map(\.who.id)) == ["u3", "u4"] && scene.table.count == 2)
  }

  @Test func `lets a join and a leave inside a window cancel out`() {
    var scene = Scene()
    _ = scene.join(1, 1)
    _ = scene.wait(1000)
    _ = scene.join(2, 2)
    scene.lose(2, .bye)
    #expect(scene.left.map(\.who.id) == ["u2"])
    scene.lose(1, .bye)
    #expect(scene.join(1, 3) == .joined)
    #expect(scene.wait(1000) == [] && scene.table.rev == 1)
    #expect(scene.table.overview().members?.map(\.since) == [1_000_000])
  }

  @Test func `tells what would cancel out if somebody was shown a page meanwhile`() {
    var scene = Scene()
    _ = scene.join(1, 1)
    _ = scene.wait(1000)
    _ = scene.join(2, 2)
    scene.lose(1, .bye)
    // Whoever reads this page sees 2 and not 1 …
    #expect(scene.table.overview().members?.map(\.who.id) == ["u2"])
    scene.lose(2, .bye)
    _ = scene.join(1, 3)
    _ = scene.join(3, 4)
    scene.lose(4, .bye)
    // … and must hear that it is the other way round. Of 3 nobody ever heard.
    #expect(scene.wait(250) == ["#2 +u1, -u2 bye = 1"])
  }

  @Test func `tells whoever was shown a page only what came after it`() {
    var scene = Scene()
    _ = scene.join(1, 1)
    _ = scene.wait(1000)
    _ = scene.join(2, 2)
    scene.lose(1, .goingAway)
    let page = scene.table.overview()
    _ = scene.join(3, 3)
    _ = scene.join(1, 4)
    scene.now += 250
    guard let diff = scene.table.takeDiff(at: scene.now) else {
      Issue.record("nothing to tell")
      return
    }
    #expect(diff.story == "#2 +u2, +u3, ~u1 = 3")
    #expect(diff.news(since: page.change).story == "#2 +u3, ~u1 = 3")
    #expect(diff.firstChange <= page.change)
    #expect(diff.news(since: scene.table.overview().change).story == "#2  = 3")
  }

  @Test func `never makes a leave and a join of a change`() {
    var scene = Scene()
    _ = scene.join(1, 1, session: "tab")
    _ = scene.wait(1000)
    for round in 0..<50 {
      scene.lose(UInt64(round + 1), round % 2 == 0 ? .goingAway : .broken(lastByte: scene.now))
      let first = scene.wait(Int64(round * 90))
      #expect(scene.join(1, UInt64(round + 2), session: "tab") == .present)
      for diff in first + scene.wait(300) { #expect(!diff.contains("+") && !diff.contains("-")) }
    }
    #expect(scene.left == [])
  }

  @Test func `waits for a tab only until it says bye from its next connection`() {
    var scene = Scene()
    _ = scene.join(1, 1, session: "tab")
    _ = scene.wait(1000)
    // The network changed: the new connection is there before the old one is known to be dead.
    _ = scene.join(1, 2, session: "tab")
    scene.lose(1, .broken(lastByte: scene.now))
    scene.lose(2, .bye)
    #expect(scene.wait(250) == ["#2 -u1 bye = 0"])
  }

  @Test func `keeps both tabs when one was duplicated`() {
    var scene = Scene()
    _ = scene.join(1, 1, session: "tab")
    _ = scene.join(1, 2, session: "tab")
    scene.lose(2, .bye)
    #expect(scene.table.contains("u1") && scene.left == [])
    scene.lose(1, .bye)
    #expect(scene.left.count == 1)
  }

  @Test func `puts a user out with all connections`() {
    var scene = Scene()
    _ = scene.join(1, 1)
    _ = scene.join(1, 2)
    _ = scene.join(2, 3)
    #expect(Set(scene.table.connections(of: "u1")) == [ConnectionID(1), ConnectionID(2)])
    #expect(scene.table.remove("u1", .removed, at: scene.now)?.reason == .removed)
    #expect(scene.table.remove("u1", .removed, at: scene.now) == nil)
    #expect(scene.table.lose(ConnectionID(1), .bye, at: scene.now) == nil)
    #expect(scene.wait(250) == ["#1 +u2 = 1"])
  }

  @Test func `collects longer where there are more than 200 members`() {
    var scene = Scene()
    for user in Int64(1)...201 { _ = scene.join(user, UInt64(user)) }
    #expect(scene.wait(250).count == 1)
    _ = scene.join(500, 500)
    #expect(scene.wait(999) == [] && scene.wait(1) == ["#2 +u500 = 202"])
  }

  @Test func `tells only the count of more than 1000 members, once a second`() {
    var scene = Scene()
    for user in Int64(1)...1000 { _ = scene.join(user, UInt64(user)) }
    _ = scene.wait(1000)
    #expect(scene.table.overview().members?.count == 1000)
    _ = scene.join(1001, 1001)
    #expect(scene.wait(1000) == ["#2 1001 are there"])
    let overview = scene.table.overview()
    #expect(overview.rev == 2 && overview.total == 1001 && overview.members == nil)
    scene.table.silent(ConnectionID(5), lastByte: scene.now, at: scene.now)
    #expect(scene.wait(5000) == [])
    for user in Int64(2000)..<2010 {
      _ = scene.join(user, UInt64(user))
      scene.now += 90
    }
    #expect(scene.wait(1000) == ["#3 1011 are there"])
    for user in UInt64(100)..<120 { scene.lose(user, .bye) }
    let lists = scene.wait(1000)
    #expect(lists.count == 1 && lists[0].hasSuffix("= 991"))
  }

  @Test func `gives members by the page in the order of their coming`() {
    var scene = Scene()
    for user in Int64(1)...25 { _ = scene.join(user, UInt64(user)) }
    var first = scene.table.page(after: nil, limit: 10)
    #expect(first.members?.map(\.who.id) == (1...10).map { "u\($0)" } && first.total == 25)
    // Leaving, even of the last one shown, moves nobody to another page.
    for user in UInt64(5)...12 { scene.lose(user, .bye) }
    _ = scene.wait(1000)
    let second = scene.table.page(after: first.next, limit: 10)
    #expect(second.members?.map(\.who.id) == (13...22).map { "u\($0)" })
    let third = scene.table.page(after: second.next, limit: 10)
    #expect(third.members?.map(\.who.id) == ["u23", "u24", "u25"] && third.next == nil)
    first = scene.table.page(after: nil, limit: 100)
    #expect(first.members?.count == 17 && first.next == nil)
  }

  @Test func `takes ten thousand who come and go at once`() {
    var scene = Scene()
    let clock = ContinuousClock()
    let time = clock.measure {
      for user in Int64(1)...10_000 { _ = scene.join(user, UInt64(user), session: "s\(user)") }
      #expect(scene.wait(1000) == ["#1 10000 are there"])
      for user in UInt64(1)...10_000 { scene.lose(user, .broken(lastByte: scene.now)) }
      for user in Int64(1)...5_000 {
        _ = scene.join(user, UInt64(user + 10_000), session: "s\(user)")
      }
      #expect(scene.wait(61_000) == ["#2 5000 are there"])
      #expect(scene.left.count == 5_000)
    }
    // It takes a tenth of this, unoptimised; doing it the quadratic way takes minutes.
    #expect(time < .seconds(10))
  }

  @Test func `forgets everything about those who are gone`() {
    var scene = Scene()
    for round in 0..<2_000 {
      _ = scene.join(Int64(round), UInt64(round), session: "s")
      _ = scene.wait(300)
      scene.lose(UInt64(round), round % 3 == 0 ? .goingAway : .bye)
      _ = scene.wait(6_000)
    }
    let table = scene.table
    #expect(table.isEmpty && table.nextDeadline == nil)
    for child in Mirror(reflecting: table).children {
      if let collection = child.value as? any Collection { #expect(collection.count <= 18) }
    }
  }
}
