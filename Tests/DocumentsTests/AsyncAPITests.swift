import HubCore
import HubProtocol
import JSON
import PluginHost
import PluginKit
import Testing

@Suite struct `The document of the topics` {
  @Test func `follows the format`() async throws {
    try await Papers.with { papers in
      #expect(Rulebook.asyncAPI.faults(of: papers.topics) == [])
    }
  }

  @Test func `has every topic that is registered, with its events, and no other`() async throws {
    try await Papers.with { papers in
      #expect(documented(papers.topics) == registered(papers))
    }
    try await Papers.with(hiding: ["checkin"]) { papers in
      let missing = registered(papers).subtracting(documented(papers.topics))
      #expect(missing.contains("checkin.presence: checkin.in"))
      #expect(missing.contains("message checkin.private"))
    }
  }

  @Test func `has every frame that a client of protocol 2 may send or be sent`() async throws {
    try await Papers.with { papers in
      let messages = papers.topics["channels"]?["connection"]?["messages"]
      for type in ["hello", "ping", "pong", "subscribe", "unsubscribe", "presence", "history"] {
        #expect(messages?["client_\(type)"]?["name"]?.string == type)
      }
      let welcome = messages?["server_welcome"]?["payload"]?["properties"]?["data"]
      #expect(welcome?["required"]?.array?.contains("session") == true)
    }
  }

  @Test func `describes just the parts of a topic's name that are in it`() async throws {
    try await Papers.with { papers in
      for (_, channel) in papers.topics["channels"]?.members ?? [] {
        let address = channel["address"]?.string ?? ""
        let parts = address.split(separator: "{").dropFirst()
          .map { String($0.prefix { $0 != "}" }) }
        #expect(channel["parameters"]?.members.map(\.0) ?? [] == parts, "\(address)")
      }
    }
  }

  @Test func `lets an operation send and receive only what is in its channel`() async throws {
    try await Papers.with { papers in
      for (name, operation) in papers.topics["operations"]?.members ?? [] {
        for part in [operation, operation["reply"]].compactMap({ $0 }) {
          let channel = part["channel"]?["$ref"]?.string ?? ""
          for message in part["messages"]?.array ?? [] {
            let pointer = message["$ref"]?.string ?? ""
            #expect(pointer.hasPrefix("\(channel)/messages/"), "\(name)")
          }
        }
      }
    }
  }

  @Test(
    arguments: [
      ("#/operations/chat_rooms_events", "channel", ["$ref": "#/channels/none"], "points nowhere"),
      ("#/operations/chat_rooms_events", "action", "shout", "none of"),
      ("#/operations/chat_rooms_events", "channel", nil, "operation without channel"),
      ("#/channels/chat_rooms", "address", 7, "no text"),
      ("#/servers/hub", "protocol", nil, "server without protocol"),
    ] as [(String, String, JSONValue?, String)])
  func `the rules see`(
    place: String, member: String, value: JSONValue?, sentence: String
  ) async throws {
    try await Papers.with { papers in
      let broken = papers.topics.setting(member, to: value, at: place)
      let faults = Rulebook.asyncAPI.faults(of: broken)
      #expect(faults.contains { $0.contains(sentence) }, "\(faults)")
    }
  }

  /// `topic: event`, and `message type` of what clients may send to plugins.
  private func registered(_ papers: Papers) -> Set<String> {
    Set(
      FrameDescription.all.map { "message \($0.type)" }
        + papers.units.flatMap { unit in
          unit.messages.map { "message \($0.type)" }
            + unit.topics.flatMap { topic in
              topic.events.map { "\(topic.pattern): \($0.name)" }
                + (topic.rules.publisher == .member ? ["\(topic.pattern): publish"] : [])
            }
        })
  }

  private func documented(_ document: JSONValue) -> Set<String> {
    var found: Set<String> = []
    for (_, operation) in document["operations"]?.members ?? [] {
      let address = document.at(operation["channel"]?["$ref"]?.string ?? "")?["address"]?.string
      for reference in operation["messages"]?.array ?? [] {
        let name = document.at(reference["$ref"]?.string ?? "")?["name"]?.string ?? "nothing"
        found.insert(address.map { "\($0): \(name)" } ?? "message \(name)")
      }
    }
    return found
  }
}
