import Deflate
import Testing
import WebSocket

@testable import HubCore

private let room = TopicName("chat.room.TEST").unsafelyUnwrapped

private func event(_ offset: UInt64, _ length: Int = 0) -> Publication {
  let data = "{\"m\":\"\(String(repeating: "x", count: length))\"}"
  return Publication(topic: room, offset: offset, ts: 5, data: data.utf8.span)
}

@Suite struct `A burst` {
  @Test func `is one run of all its events' frames in their order`() throws {
    let events = [event(4), event(5, 300), event(6)]
    var burst = try #require(Burst(events))
    let frame = burst.frame()
    #expect(frame == events.flatMap(\.frame))
    #expect(burst.first == 4 && burst.longest == events[1].frame.count)
  }

  @Test func `of one event is its frame`() throws {
    let alone = event(9, 100_000)
    var burst = try #require(Burst([alone]))
    let frame = burst.frame()
    #expect(frame == alone.frame && !burst.isJoinable)
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

  @Test func `is none where there is nothing, and not copied together where it is too much`()
    throws
  {
    #expect(Burst([]) == nil)
    var burst = try #require(Burst([event(1, 40_000), event(2, 40_000)]))
    let (frame, deflated) = (burst.frame(), burst.compressedFrame { $0.frame })
    #expect(frame == nil && deflated == nil)
    #expect(burst.isJoinable)
    #expect(try #require(Burst([event(1, 300_000), event(2)])).isJoinable == false)
  }

  @Test func `goes into one frame for whoever takes batches`() throws {
    let events = [event(4), event(5, 600), event(6)]
    var burst = try #require(Burst(events))
    let list = events.map { String(decoding: $0.json, as: UTF8.self) }.joined(separator: ",")
    let text = #"{"type":"events","topic":"chat.room.TEST","data":{"events":[\#(list)]}}"#
    let plain = FrameEncoder.frame(.text, Array(text.utf8).span)
    let joined = burst.joinedFrame()
    #expect(joined == plain)
    var deflater = Deflater()
    let packed = burst.joinedFrame(by: &deflater)
    #expect(packed[0] == 0xC1 && packed.count < plain.count)
    let again = burst.joinedFrame(by: &deflater)
    #expect(again == packed)
  }

  @Test func `with a secret in it stays plain`() throws {
    let secret = Publication(
      topic: room, offset: 5, ts: 5,
      data: "{\"m\":\"\(String(repeating: "x", count: 900))\"}"
        .utf8.span, isSecret: true)
    var burst = try #require(Burst([event(4, 600), secret]))
    var deflater = Deflater()
    let (packed, plain) = (burst.joinedFrame(by: &deflater), burst.joinedFrame())
    #expect(packed == plain)
  }
}
