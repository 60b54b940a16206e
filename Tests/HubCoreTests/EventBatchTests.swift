import Deflate
import Testing
import WebSocket

@testable import HubCore
@testable import HubProtocol

private let room = TopicName("chat.room.TEST").unsafelyUnwrapped

private func event(_ offset: UInt64, _ length: Int = 0) -> Publication {
  let data = "{\"m\":\"\(String(repeating: "x", count: length))\"}"
  return Publication(topic: room, offset: offset, ts: 5, data: data.utf8.span)
}

@Suite struct `A batch` {
  @Test func `is one run of all its events' frames in their order`() throws {
    let events = [event(4), event(5, 300), event(6)]
    var batch = try #require(EventBatch(events))
    let frame = batch.frame()
    #expect(frame == events.flatMap(\.frame))
    #expect(batch.first == 4 && batch.longest == events[1].frame.count)
  }

  @Test func `of one event is its frame`() throws {
    let alone = event(9, 100_000)
    var batch = try #require(EventBatch([alone]))
    let frame = batch.frame()
    #expect(frame == alone.frame && !batch.isJoinable)
  }

  @Test func `deflates each event once, however many ask`() throws {
    var batch = try #require(EventBatch([event(1), event(2)]))
    var asked: [UInt64] = []
    for _ in 0..<3 {
      let frame = batch.compressedFrame { publication in
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
    #expect(EventBatch([]) == nil)
    var batch = try #require(EventBatch([event(1, 40_000), event(2, 40_000)]))
    let (frame, deflated) = (batch.frame(), batch.compressedFrame { $0.frame })
    #expect(frame == nil && deflated == nil)
    #expect(batch.isJoinable)
    #expect(try #require(EventBatch([event(1, 300_000), event(2)])).isJoinable == false)
  }

  @Test func `goes into one frame for whoever takes batches`() throws {
    let events = [event(4), event(5, 600), event(6)]
    var batch = try #require(EventBatch(events))
    let list = events.map { String(decoding: $0.json, as: UTF8.self) }.joined(separator: ",")
    let text = #"{"type":"events","topic":"chat.room.TEST","data":{"events":[\#(list)]}}"#
    let plain = FrameEncoder.frame(.text, Array(text.utf8).span)
    let joined = batch.joinedFrame()
    #expect(joined == plain)
    var deflater = Deflater()
    let packed = batch.joinedFrame(by: &deflater)
    #expect(packed[0] == 0xC1 && packed.count < plain.count)
    let again = batch.joinedFrame(by: &deflater)
    #expect(again == packed)
  }

  @Test func `with a secret in it stays plain`() throws {
    let secret = Publication(
      topic: room, offset: 5, ts: 5,
      data: "{\"m\":\"\(String(repeating: "x", count: 900))\"}"
        .utf8.span, isSecret: true)
    var batch = try #require(EventBatch([event(4, 600), secret]))
    var deflater = Deflater()
    let (packed, plain) = (batch.joinedFrame(by: &deflater), batch.joinedFrame())
    #expect(packed == plain)
  }
}
