import Bytes
import JSON
import PluginKit
import Testing
import WebSocket

@testable import HubProtocol

private let room = TopicName("chat.room.lab-3").unsafelyUnwrapped
private let position = Position(offset: 121, epoch: "k3xQ9a1b")
private let li = Identity(account: 17, name: "li", roles: .student)

/// What a writer writes; it must be JSON.
private func frame(_ write: (inout ByteBuffer) -> Void) throws -> String {
  var out = ByteBuffer()
  write(&out)
  let text = String(out)
  _ = try JSONValue(parsing: text)
  return text
}

private func publication(_ offset: UInt64, _ data: String) -> Publication {
  Publication(topic: room, offset: offset, ts: 1_795_230_999_000, data: data.utf8.span)
}

@Suite struct `A server frame` {
  @Test func `greets as in the protocol's example`() throws {
    let welcome = ServerFrame.Welcome(
      connection: "c_01J9", session: "s_9f2c", resumed: true, user: li, pingMilliseconds: 10000,
      timeoutMilliseconds: 60000, reconnectWindowMilliseconds: 8000, maxMessageBytes: 65536,
      node: "n1")
    let text = try frame {
      ServerFrame.welcome(re: RequestID(json: "1"), ts: 1_795_231_000_123, welcome, into: &$0)
    }
    #expect(
      text
        == #"{"type":"welcome","re":1,"ts":1795231000123,"data":{"proto":2,"conn":"c_01J9","session":"s_9f2c","resumed":true,"#
        + #""user":{"id":"u17","name":"li","avatar":""},"ping_ms":10000,"timeout_ms":60000,"reconnect_window_ms":8000,"#
        + #""max_message":65536,"node":"n1"}}"#)
  }

  @Test func `pings and answers pings`() throws {
    #expect(try frame { ServerFrame.ping(ts: 5, into: &$0) } == #"{"type":"ping","ts":5}"#)
    #expect(
      try frame { ServerFrame.pong(t: RequestID(json: "1795231010123"), into: &$0) }
        == #"{"type":"pong","data":{"t":1795231010123}}"#)
    #expect(try frame { ServerFrame.pong(t: nil, into: &$0) } == #"{"type":"pong","data":{}}"#)
  }

  @Test func `acknowledges a publish with the id as it came`() throws {
    let text = try frame {
      ServerFrame.ack(
        re: RequestID(json: #""7f1e-4""#), topic: room, position, ts: 1_795_231_020_001, into: &$0)
    }
    #expect(
      text
        == #"{"type":"ack","re":"7f1e-4","topic":"chat.room.lab-3","offset":121,"epoch":"k3xQ9a1b","ts":1795231020001}"#
    )
    #expect(
      try frame {
        ServerFrame.ack(re: RequestID(json: "3"), ts: 5, data: Array("[1]".utf8), into: &$0)
      }
        == #"{"type":"ack","re":3,"ts":5,"data":[1]}"#)
  }

  @Test func `carries an event with its payload untouched`() throws {
    let data = #"{"event":"chat.msg","msg":"hello \u00e9","n":1.50}"#
    let text = try frame {
      ServerFrame.event(topic: room, offset: 121, ts: 7, data: data.utf8.span, into: &$0)
    }
    #expect(
      text == #"{"type":"event","topic":"chat.room.lab-3","offset":121,"ts":7,"data":"# + data + "}"
    )
  }

  @Test func `names an error, its request and when to come back`() throws {
    let text = try frame {
      ServerFrame.error(
        .tooManyRequests, re: RequestID(json: #""7f1e-5""#), topic: room,
        retryAfterMilliseconds: 7400,
        into: &$0)
    }
    #expect(
      text
        == #"{"type":"error","re":"7f1e-5","topic":"chat.room.lab-3","data":{"code":111,"reason":"too_many_requests","#
        + #""msg":"slow down","temporary":true,"retry_after_ms":7400}}"#)
    let fault = CommandFault(error: .badRequest, id: nil, topic: nil, message: "say \"what\"")
    #expect(
      try frame { ServerFrame.error(fault, into: &$0) }
        == #"{"type":"error","data":{"code":107,"reason":"bad_request","msg":"say \"what\"","temporary":false}}"#
    )
  }

  @Test func `says goodbye`() throws {
    let text = try frame {
      ServerFrame.goodbye(.shutdown, reconnect: true, windowMilliseconds: 8000, into: &$0)
    }
    #expect(
      text
        == #"{"type":"goodbye","data":{"code":4200,"reason":"shutdown","reconnect":true,"window_ms":8000}}"#
    )
  }

  @Test func `gives a newcomer what was missed and who is there`() throws {
    let members = [
      PresenceMember(who: li, state: .online, connections: 2, since: 1_795_230_000_000),
      PresenceMember(
        who: Identity(account: 22, name: "wa\"ng", roles: []), state: .unstable(until: 9),
        connections: 1, since: 8),
    ]
    let subscribed = ServerFrame.Subscribed(
      recovery: .complete, snapshot: nil,
      events: [publication(119, #"{"event":"a"}"#), publication(120, #"{"event":"b"}"#)],
      presence: PresencePage(rev: 41, total: 2, members: members))
    let text = try frame {
      ServerFrame.subscribed(re: RequestID(json: "2"), topic: room, position, subscribed, into: &$0)
    }
    #expect(
      text
        == #"{"type":"subscribed","re":2,"topic":"chat.room.lab-3","offset":121,"epoch":"k3xQ9a1b","data":{"recovered":true,"snapshot":null,"events":["#
        + #"{"type":"event","topic":"chat.room.lab-3","offset":119,"ts":1795230999000,"data":{"event":"a"}},"#
        + #"{"type":"event","topic":"chat.room.lab-3","offset":120,"ts":1795230999000,"data":{"event":"b"}}],"#
        + #""presence":{"rev":41,"total":2,"members":[{"id":"u17","name":"li","avatar":"","state":"online","conns":2,"since":1795230000000},"#
        + #"{"id":"u22","name":"wa\"ng","avatar":"","state":"unstable","until":9,"conns":1,"since":8}]}}}"#
    )
  }

  @Test func `says why a position could not be recovered`() throws {
    let subscribed = ServerFrame.Subscribed(
      recovery: .failed(.tooOld), snapshot: Array("{\"open\":3}".utf8), events: [])
    let text = try frame {
      ServerFrame.subscribed(re: nil, topic: room, position, subscribed, into: &$0)
    }
    #expect(
      text
        == #"{"type":"subscribed","topic":"chat.room.lab-3","offset":121,"epoch":"k3xQ9a1b","data":"#
        + #"{"recovered":false,"reason":"too_old","snapshot":{"open":3},"events":[]}}"#)
    #expect(RecoveryGap.epochChanged.rawValue == "epoch_changed")
    #expect(RecoveryGap.tooMany.rawValue == "too_many")
  }

  @Test func `pages through history and ends a subscription`() throws {
    let page = HistoryPage(events: [publication(3, "{}")], hasMore: true)
    #expect(
      try frame {
        ServerFrame.history(re: RequestID(json: "12"), topic: room, position, page, into: &$0)
      }
        == #"{"type":"history","re":12,"topic":"chat.room.lab-3","offset":121,"epoch":"k3xQ9a1b","data":{"events":["#
        + #"{"type":"event","topic":"chat.room.lab-3","offset":3,"ts":1795230999000,"data":{}}],"more":true}}"#
    )
    #expect(
      try frame { ServerFrame.unsubscribed(re: nil, topic: room, reason: "removed", into: &$0) }
        == #"{"type":"unsubscribed","topic":"chat.room.lab-3","data":{"reason":"removed"}}"#)
    #expect(
      try frame { ServerFrame.unsubscribed(re: RequestID(json: "1"), topic: room, into: &$0) }
        == #"{"type":"unsubscribed","re":1,"topic":"chat.room.lab-3"}"#)
  }

  @Test func `tells of presence in a diff, in counts and by the page`() throws {
    let diff = PresenceDiff(
      rev: 45, total: 3,
      join: [.init(who: Identity(account: 40, name: "zhao", roles: []), state: .online)],
      update: [.init(id: "u22", state: .unstable(until: 1_795_231_060_000))],
      leave: [.init(id: "u31", reason: .timeout)])
    #expect(
      try frame { ServerFrame.presence(topic: room, diff, into: &$0) }
        == #"{"type":"presence","topic":"chat.room.lab-3","rev":45,"data":{"join":[{"id":"u40","name":"zhao","avatar":"","state":"online"}],"#
        + #""update":[{"id":"u22","state":"unstable","until":1795231060000}],"leave":[{"id":"u31","reason":"timeout"}],"total":3}}"#
    )
    let counts = PresenceDiff(rev: 46, total: 5000, countsOnly: true)
    #expect(
      try frame { ServerFrame.presence(topic: room, counts, into: &$0) }
        == #"{"type":"presence","topic":"chat.room.lab-3","rev":46,"data":{"total":5000,"counts_only":true}}"#
    )
    let page = PresencePage(rev: 46, total: 5000, members: [], next: 88)
    #expect(
      try frame { ServerFrame.presence(re: RequestID(json: "9"), topic: room, page, into: &$0) }
        == #"{"type":"presence","re":9,"topic":"chat.room.lab-3","rev":46,"data":{"total":5000,"members":[],"next":88}}"#
    )
  }

  @Test func `has a number, a word and a sentence for every error`() {
    let numbers = ClientError.allCases.map(\.rawValue)
    #expect(numbers == [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 111, 112, 120])
    #expect(Set(ClientError.allCases.map(\.reason.description)).count == numbers.count)
    #expect(ClientError.allCases.filter(\.isTemporary) == [.internalError, .tooManyRequests])
    #expect(ClientError.allCases.allSatisfy { !$0.message.description.isEmpty })
  }
}
