import PluginKit
import Testing

@testable import Chat

/// Stories of seats, told to the value alone. Times are seconds.
@Suite struct RoomsTests {
  private let here = SeatRequest(account: nil, peer: Peer("10.0.0.1"))
  private let elsewhere = SeatRequest(account: nil, peer: Peer("10.0.0.2"))
  private let account = SeatRequest(account: 7, peer: Peer("10.0.0.3"))

  private func at(_ seconds: Int64) -> Int64 { 1_000_000 + seconds * 1000 }

  private func makeRooms(capacity: Int = 10) -> Rooms {
    Rooms(permanent: ["TEST", "YOU"], capacity: capacity)
  }

  /// Comes in all the way, as a guest by one connection.
  @discardableResult
  private func enter(
    _ rooms: inout Rooms, _ room: String, _ user: String, line: String = "c1",
    request: SeatRequest? = nil, at now: Int64
  ) -> Rooms.Admission {
    let admission = rooms.admit(
      room, ChatUser(name: user), as: "g:\(user)", on: line, by: request ?? here, at: now)
    _ = rooms.enter(room, user, as: "g:\(user)", at: now)
    return admission
  }

  private func population(_ rooms: Rooms, _ room: String) -> Int? {
    rooms.list.first { $0.name == room }?.population
  }

  @Test func `a booked seat is dropped after thirty seconds`() {
    var rooms = makeRooms()
    #expect(rooms.book("TEST", "a", by: here, at: at(0)) == .seated)
    rooms.expire(at: at(29))
    #expect(population(rooms, "TEST") == 1)
    rooms.expire(at: at(30))
    #expect(population(rooms, "TEST") == 0)
    #expect(
      rooms.takeChanges() == [
        .population("TEST", 1, isFull: false), .population("TEST", 0, isFull: false),
      ])
  }

  @Test func `coming in finds the booked seat and keeps it`() {
    var rooms = makeRooms()
    _ = rooms.book("TEST", "a", by: here, at: at(0))
    enter(&rooms, "TEST", "a", at: at(20))
    rooms.expire(at: at(3600))
    #expect(population(rooms, "TEST") == 1)
    #expect(
      rooms.takeChanges() == [
        .population("TEST", 1, isFull: false), .moved("TEST", ChatUser(name: "a"), .create),
      ])
  }

  @Test func `booking twice, or for somebody who is in, takes one seat`() {
    var rooms = makeRooms()
    _ = rooms.book("TEST", "a", by: here, at: at(0))
    _ = rooms.book("TEST", "a", by: here, at: at(1))
    enter(&rooms, "TEST", "a", at: at(2))
    #expect(rooms.book("TEST", "a", by: here, at: at(3)) == .seated)
    rooms.expire(at: at(60))
    #expect(population(rooms, "TEST") == 1)
  }

  @Test func `a room holds ten, however they got their seats`() {
    var rooms = makeRooms()
    for number in 0..<5 { _ = rooms.book("TEST", "b\(number)", by: here, at: at(0)) }
    for number in 0..<5 { enter(&rooms, "TEST", "j\(number)", at: at(0)) }
    #expect(rooms.takeChanges().contains(.population("TEST", 10, isFull: true)))
    #expect(rooms.book("TEST", "x", by: here, at: at(1)) == .full)
    #expect(enter(&rooms, "TEST", "x", at: at(1)) == .full)
    #expect(rooms.book("TEST", "j0", by: here, at: at(1)) == .seated)
    #expect(rooms.book("TEST", "x", by: here, at: at(31)) == .seated)
  }

  @Test func `a room that was only created is released after five minutes`() {
    var rooms = makeRooms()
    #expect(rooms.create("lab", at: at(0)) == true)
    #expect(rooms.create("lab", at: at(299)) == false)
    #expect(rooms.create("lab", at: at(300)) == true)
    #expect(rooms.takeChanges() == [.opened("lab"), .released("lab"), .opened("lab")])
  }

  @Test func `a room is released with its last seat, a permanent one never`() {
    var rooms = makeRooms()
    _ = rooms.create("lab", at: at(0))
    for room in ["lab", "YOU"] { enter(&rooms, room, "a", at: at(400)) }
    for room in ["lab", "YOU"] {
      #expect(rooms.leave(room, "a", as: "g:a", on: "c1", at: at(500)) == .gone)
    }
    #expect(rooms.list.map(\.name) == ["TEST", "YOU"])
    #expect(rooms.book("lab", "a", by: here, at: at(501)) == .noRoom)
    #expect(rooms.create("lab", at: at(502)) == true)
  }

  @Test func `whoever left can give the seat back once within a minute`() {
    var rooms = makeRooms()
    enter(&rooms, "lab", "a", at: at(0))
    enter(&rooms, "TEST", "a", at: at(0))
    _ = rooms.leave("lab", "a", as: "g:a", on: "c1", at: at(10))
    _ = rooms.leave("TEST", "a", as: "g:a", on: "c1", at: at(10))
    #expect(rooms.giveBack("lab", "a", by: elsewhere, at: at(69)) == .noRoom)
    #expect(rooms.giveBack("lab", "a", by: here, at: at(69)) == .left)
    #expect(rooms.giveBack("lab", "a", by: here, at: at(69)) == .noRoom)
    #expect(rooms.giveBack("TEST", "a", by: here, at: at(70)) == .notThere)
  }

  @Test func `coming back makes the seat that was left forgotten`() {
    var rooms = makeRooms()
    enter(&rooms, "TEST", "a", at: at(0))
    _ = rooms.leave("TEST", "a", as: "g:a", on: "c1", at: at(1))
    enter(&rooms, "TEST", "a", at: at(2))
    _ = rooms.takeChanges()
    #expect(rooms.giveBack("TEST", "a", by: here, at: at(3)) == .left)
    #expect(
      rooms.takeChanges() == [
        .moved("TEST", ChatUser(name: "a"), .leave), .evicted("TEST", occupant: "g:a"),
        .population("TEST", 0, isFull: false),
      ])
    #expect(rooms.giveBack("TEST", "a", by: here, at: at(4)) == .notThere)
  }

  @Test func `only the first one ever creates a room`() {
    var rooms = makeRooms()
    enter(&rooms, "TEST", "a", at: at(0))
    _ = rooms.leave("TEST", "a", as: "g:a", on: "c1", at: at(1))
    enter(&rooms, "TEST", "b", at: at(2))
    let moves = rooms.takeChanges().compactMap { change -> RoomChange.Move? in
      if case .moved(_, _, let move) = change { move } else { nil }
    }
    #expect(moves == [.create, .leave, .join])
  }

  @Test func `a seat lives as long as its last connection`() {
    var rooms = makeRooms()
    #expect(enter(&rooms, "TEST", "a", line: "c1", at: at(0)) == .admitted(isNew: true))
    #expect(enter(&rooms, "TEST", "a", line: "c2", at: at(0)) == .admitted(isNew: false))
    #expect(enter(&rooms, "TEST", "a", line: "c2", at: at(0)) == .again)
    #expect(rooms.leave("TEST", "a", as: "g:a", on: "c3", at: at(1)) == .notThere)
    #expect(rooms.leave("TEST", "a", as: "g:a", on: "c1", at: at(1)) == .stays)
    #expect(rooms.standing("TEST", "a", as: "g:a", on: "c1") == .notThere)
    #expect(rooms.standing("TEST", "a", as: "g:a", on: "c2") == .inside)
    #expect(rooms.leave("TEST", "a", as: "g:a", on: "c2", at: at(1)) == .gone)
  }

  @Test func `the hub shall forget an occupant only when its last connection is lost`() {
    var rooms = makeRooms()
    for line in ["c1", "c2"] { enter(&rooms, "TEST", "a", line: line, at: at(0)) }
    enter(&rooms, "TEST", "b", line: "c3", at: at(0))
    _ = rooms.takeChanges()
    _ = rooms.leave("TEST", "a", as: "g:a", on: "c1", isLost: true, at: at(1))
    let afterOne = rooms.takeChanges()
    #expect(afterOne.isEmpty)
    _ = rooms.leave("TEST", "a", as: "g:a", on: "c2", isLost: true, at: at(2))
    let afterBoth = rooms.takeChanges()
    #expect(afterBoth.contains(.evicted("TEST", occupant: "g:a")))
    _ = rooms.leave("TEST", "b", as: "g:b", on: "c3", at: at(3))
    let afterFarewell = rooms.takeChanges()
    #expect(!afterFarewell.contains(.evicted("TEST", occupant: "g:b")))
  }

  @Test func `a guest and the account of its name share a seat`() {
    var rooms = makeRooms()
    enter(&rooms, "TEST", "tao", at: at(0))
    _ = rooms.takeChanges()
    #expect(
      rooms.admit("TEST", ChatUser(name: "tao"), as: "u7", on: nil, by: account, at: at(1))
        == .admitted(isNew: true))
    #expect(rooms.enter("TEST", "tao", as: "u7", at: at(1)) == .shared)
    #expect(rooms.enter("TEST", "tao", as: "u7", at: at(1)) == .already)
    #expect(rooms.leave("TEST", "tao", as: "g:tao", on: "c1", at: at(2)) == .stays)
    #expect(rooms.takeChanges().isEmpty)
    #expect(rooms.leave("TEST", "tao", as: "u7", on: nil, at: at(3)) == .gone)
  }

  @Test func `nobody takes a seat that another address or account holds`() {
    var rooms = makeRooms()
    enter(&rooms, "TEST", "a", at: at(0))
    #expect(rooms.book("TEST", "a", by: elsewhere, at: at(1)) == .notYours)
    #expect(enter(&rooms, "TEST", "a", line: "c9", request: elsewhere, at: at(1)) == .notYours)
    #expect(rooms.giveBack("TEST", "a", by: elsewhere, at: at(1)) == .notThere)
    _ = rooms.admit("TEST", ChatUser(name: "b"), as: "u7", on: nil, by: account, at: at(1))
    let namesake = SeatRequest(account: 8, peer: account.peer)
    #expect(
      rooms.admit("TEST", ChatUser(name: "b"), as: "u8", on: nil, by: namesake, at: at(2))
        == .notYours)
  }

  @Test func `what came to nothing leaves no seat and no room`() {
    var rooms = makeRooms()
    _ = rooms.admit("lab", ChatUser(name: "a"), as: "g:a", on: "c1", by: here, at: at(0))
    rooms.withdraw("lab", "a", as: "g:a", on: "c1", at: at(0))
    #expect(!rooms.contains("lab"))
    _ = rooms.book("TEST", "a", by: here, at: at(0))
    _ = rooms.admit("TEST", ChatUser(name: "a"), as: "g:a", on: "c1", by: here, at: at(0))
    rooms.withdraw("TEST", "a", as: "g:a", on: "c1", at: at(0))
    #expect(population(rooms, "TEST") == 1)
    #expect(rooms.enter("TEST", "a", as: "g:a", at: at(1)) == .noSeat)
  }

  @Test(arguments: [true, false])
  func `a second connection that comes to nothing leaves no seat behind`(isLast: Bool) {
    var rooms = makeRooms()
    enter(&rooms, "TEST", "a", at: at(0))
    _ = rooms.admit("TEST", ChatUser(name: "a"), as: "g:a", on: "c2", by: here, at: at(1))
    if isLast {
      #expect(rooms.leave("TEST", "a", as: "g:a", on: "c1", at: at(2)) == .stays)
      rooms.withdraw("TEST", "a", as: "g:a", on: "c2", at: at(3))
    } else {
      rooms.withdraw("TEST", "a", as: "g:a", on: "c2", at: at(2))
      #expect(rooms.leave("TEST", "a", as: "g:a", on: "c1", at: at(3)) == .gone)
    }
    #expect(population(rooms, "TEST") == 0)
    #expect(rooms.takeChanges().contains(.moved("TEST", ChatUser(name: "a"), .leave)))
  }

  @Test func `an account that was renamed keeps its seat, and leaves it whole`() {
    var rooms = makeRooms()
    _ = rooms.admit("TEST", ChatUser(name: "old"), as: "u7", on: nil, by: account, at: at(0))
    _ = rooms.enter("TEST", "old", as: "u7", at: at(0))
    #expect(
      rooms.admit("TEST", ChatUser(name: "new"), as: "u7", on: nil, by: account, at: at(1))
        == .admitted(isNew: false))
    #expect(rooms.enter("TEST", "new", as: "u7", at: at(1)) == .already)
    #expect(population(rooms, "TEST") == 1)
    #expect(rooms.isAdmitted("TEST", "new", as: "u7"))
    #expect(rooms.leave("TEST", "new", as: "u7", on: nil, at: at(2)) == .gone)
    #expect(population(rooms, "TEST") == 0)
  }
}
