import PluginKit
import Testing

@testable import AccountStore

@Suite struct HashQueueTests {
  private let ann = ClientKey(v4: 1)
  private let ben = ClientKey(v4: 2)
  private let eve = ClientKey(v4: 3)

  @Test func `clients take turns, and each is served in its own order`() {
    var queue = HashQueue(capacity: 8, share: 8)
    for ticket: HashQueue.Ticket in 1...4 {
      #expect(queue.enter(ticket, for: eve) == .waits)
    }
    for (ticket, client) in [(5, ann), (6, ben), (7, ann)] as [(HashQueue.Ticket, ClientKey)] {
      #expect(queue.enter(ticket, for: client) == .waits)
    }
    var served: [HashQueue.Ticket] = []
    while let ticket = queue.next() { served.append(ticket) }
    #expect(served == [1, 5, 6, 2, 7, 3, 4])
    #expect(queue.count == 0)
  }

  @Test func `a full queue has a place for a newcomer, from the longest line`() {
    var queue = HashQueue(capacity: 4, share: 3)
    for (ticket, client) in [(1, eve), (2, eve), (3, eve), (4, ann)]
      as [(HashQueue.Ticket, ClientKey)]
    {
      #expect(queue.enter(ticket, for: client) == .waits)
    }
    #expect(queue.enter(5, for: ben) == .displaces(3))
    // A second place would leave the others with fewer.
    #expect(queue.enter(6, for: ben) == .refused)
    #expect(queue.count == 4)
    #expect([queue.next(), queue.next(), queue.next(), queue.next()] == [1, 4, 5, 2])
  }

  @Test func `a client has its share and no more, operators have no share`() {
    var queue = HashQueue(capacity: 8, share: 2)
    #expect(queue.enter(1, for: eve) == .waits)
    #expect(queue.enter(2, for: eve) == .waits)
    #expect(queue.enter(3, for: eve) == .refused)
    for ticket: HashQueue.Ticket in 4...6 { #expect(queue.enter(ticket, for: nil) == .waits) }
  }

  @Test func `a queue without places takes nobody`() {
    var queue = HashQueue(capacity: 0, share: 1)
    #expect(queue.enter(1, for: eve) == .refused)
    #expect(queue.next() == nil)
  }
}
