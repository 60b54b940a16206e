import PluginKit
import Testing

@testable import Chat

/// The memory of leaves, which a stream of them must not slow down.
@Suite struct RecentDeparturesTests {
  private let request = SeatRequest(account: nil, peer: Peer("10.0.0.1"))

  private var owners: SeatOwners {
    var owners = SeatOwners()
    owners.add(request)
    return owners
  }

  private func pair(_ user: String) -> RecentDepartures.Pair { .init(room: "TEST", user: user) }

  @Test func `a leave is remembered until its end, and once`() {
    var departures = RecentDepartures()
    departures.remember(pair("a"), owners, until: 60)
    departures.expire(at: 59)
    #expect(departures.admits(pair("a"), request))
    #expect(!departures.admits(pair("b"), request))
    departures.expire(at: 60)
    #expect(!departures.admits(pair("a"), request) && departures.count == 0)
    departures.remember(pair("a"), owners, until: 90)
    departures.forget(pair("a"))
    #expect(!departures.admits(pair("a"), request))
  }

  @Test func `a second leave counts from anew`() {
    var departures = RecentDepartures()
    departures.remember(pair("a"), owners, until: 60)
    departures.forget(pair("a"))
    departures.remember(pair("a"), owners, until: 70)
    departures.expire(at: 65)
    #expect(departures.admits(pair("a"), request))
    departures.expire(at: 70)
    #expect(departures.count == 0)
  }

  @Test func `of too many the oldest are forgotten`() {
    var departures = RecentDepartures(capacity: 3)
    for number in 0..<100 {
      departures.remember(pair("\(number)"), owners, until: Int64(number))
      #expect(departures.count <= 3)
    }
    for number in 97..<100 { #expect(departures.admits(pair("\(number)"), request)) }
  }

  @Test func `a stream of leaves costs the same each time`() {
    var departures = RecentDepartures(capacity: 1_000_000)
    let clock = ContinuousClock()
    func leave(_ numbers: Range<Int64>) -> Duration {
      clock.measure {
        for number in numbers {
          departures.expire(at: number)
          departures.remember(pair("\(number)"), owners, until: number + 20_000)
        }
      }
    }
    _ = leave(0..<20_000)
    // With a look at all of them each time this takes minutes.
    #expect(leave(20_000..<60_000) < .seconds(20))
    #expect(departures.count == 20_000)
  }
}
