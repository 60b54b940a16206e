import Testing

@testable import HubCore

private let room = TopicName("chat.room.TEST").unsafelyUnwrapped

private func event(_ offset: UInt64, _ length: Int = 0) -> Publication {
  let data = "{\"m\":\"\(String(repeating: "x", count: length))\"}"
  return Publication(topic: room, offset: offset, ts: 5, data: data.utf8.span)
}

@Suite struct `A burst` {
  @Test func `is one run of all its events' frames in their order`() throws {
    let events = [event(4), event(5, 300), event(6)]
    let burst = try #require(Burst(events))
    #expect(burst.frame == events.flatMap(\.frame))
    #expect(burst.first == 4 && burst.longest == events[1].frame.count)
  }

  @Test func `of one event is its frame`() throws {
    let alone = event(9, 100_000)
    #expect(try #require(Burst([alone])).frame == alone.frame)
  }

  @Test func `deflates each event once, however many ask`() throws {
    var burst = try #require(Burst([event(1), event(2)]))
    var asked: [UInt64] = []
    for _ in 0..<3 {
      let frame = burst.compressedFrame { publication in
        asked.append(publication.offset)
        return [UInt8(publication.offset)]
      }
      #expect(frame == [1, 2])
    }
    #expect(asked == [1, 2])
  }

  @Test func `is none where there is nothing, or too much to be copied together`() {
    #expect(Burst([]) == nil)
    #expect(Burst([event(1, 40_000), event(2, 40_000)]) == nil)
  }
}
