import JSON
import PluginKit
import Testing

@testable import HubProtocol

private let room = TopicName("chat.room.TEST").unsafelyUnwrapped

private func make(_ data: String) -> Publication {
  Publication(topic: room, offset: 9, ts: 5, data: data.utf8.span, author: "u1")
}

@Suite struct `A publication` {
  @Test func `is encoded as a whole frame when it is made`() {
    for length in [0, 60, 100, 300, 70_000] {
      let data = "{\"event\":\"e\",\"m\":\"\(String(repeating: "x", count: length))\"}"
      let publication = make(data)
      let json =
        "{\"type\":\"event\",\"topic\":\"chat.room.TEST\",\"offset\":9,\"ts\":5,\"data\":\(data)}"
      #expect(String(decoding: publication.json, as: UTF8.self) == json)
      #expect(String(decoding: publication.data, as: UTF8.self) == data)
      #expect(publication.frame[0] == 0x81 && publication.frame.count > json.utf8.count + 1)
    }
  }

  @Test func `that is for one user alone names no offset`() {
    let direct = Publication(topic: room, offset: 0, ts: 5, data: "{}".utf8.span)
    #expect(
      String(decoding: direct.json, as: UTF8.self)
        == #"{"type":"event","topic":"chat.room.TEST","ts":5,"data":{}}"#)
  }

  @Test func `is seen by a dialect as the event that it is`() {
    let event = make(#"{"event":"chat.msg","msg":"hi","n":[1]}"#).event
    #expect(event.name == "chat.msg" && event.author == "u1")
    #expect(event.fields == ["msg": "hi", "n": [1]])
  }

  @Test func `makes each other form once and keeps it`() {
    let publication = make("{}")
    var made = 0
    for _ in 0..<3 {
      for dialect in [nil, 0, 1] as [UInt8?] {
        for isCompressed in [false, true] {
          let expected = [dialect ?? 99, isCompressed ? 1 : 0]
          let shape = publication.form(.init(dialect: dialect, isCompressed: isCompressed)) {
            made += 1
            return .init(frame: expected)
          }
          #expect(shape.frame == expected)
        }
      }
    }
    #expect(made == 6)
  }

  @Test func `gives several threads that ask at once one and the same form`() async {
    for _ in 0..<50 {
      let publication = make("{}")
      let frames = await withTaskGroup(of: [[UInt8]].self) { group in
        for task in UInt8(0)..<4 {
          group.addTask {
            (UInt8(0)..<4).map { dialect in
              publication.form(.init(dialect: dialect, isCompressed: false)) {
                .init(frame: [dialect, task])
              }.frame
            }
          }
        }
        return await group.reduce(into: Set<[[UInt8]]>()) { $0.insert($1) }
      }
      #expect(frames.count == 1)
    }
  }
}
