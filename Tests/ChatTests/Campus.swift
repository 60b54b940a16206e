import Chat
import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// Runs `body` with the plugin on a fresh store, with the two accounts of the demo data.
func withChat(
  _ engine: Engine = .sqlite, settings: [String: Setting.Kind] = [:],
  _ body: (PluginBench) async throws -> Void
) async throws {
  try await withFreshStore(engine) { store in
    let bench = try await PluginBench(
      ChatPlugin.self, store: store, settings: settings,
      clock: ManualClock("2022-09-01 10:00:00"))
    _ = try await bench.account("admin", telephone: "0", password: "123456")
    _ = try await bench.account(
      "tao", telephone: "13800000003", password: "tao123456", avatar: "default")
    try await body(bench)
  }
}

extension PluginBench {
  func account(
    _ name: String, telephone: String? = nil, password: String? = nil, avatar: String = ""
  ) async throws -> Identity {
    var new = NewAccount(login: name, name: name, password: password, roles: .student)
    new.avatar = avatar
    if let telephone { new.profiles[.telephone] = telephone }
    return try await accounts.create(new).identity
  }

  func identity(_ login: String) async throws -> Identity {
    try #require(try await accounts.find(.login(login))).identity
  }

  /// An old client: it knows a path and nothing else.
  func oldClient(
    _ id: String, as identity: Identity? = nil, from peer: Peer = .loopback
  ) async throws -> BenchDialect {
    try await connect("/", as: identity, from: peer, id: id)
  }

  /// `res` of an answer with status 200.
  func res(_ target: String, from peer: Peer = .loopback, as who: Identity? = nil) async -> String {
    let answer = await get(target, as: who, from: peer)
    #expect(answer.status == 200)
    return answer.json["res"]?.string ?? ""
  }

  func population(of room: String) async -> Int? {
    let rooms = await get("/chatroom/list").json["room_list"]?.array ?? []
    return rooms.first { $0["name"]?.string == room }?["population"]?.int
  }

  /// Population changes and the like, as `opened lab`, `lab 1`, `lab 10 full`, `released lab`.
  var roomNews: [String] {
    get async {
      await hub.published.filter { $0.topic == "chat.rooms" }.map(\.event).map { event in
        let name = event.fields["name"]?.string ?? "?"
        switch event.name {
        case "room.opened": return "opened \(name)"
        case "room.released": return "released \(name)"
        default:
          let isFull = event.fields["full"]?.bool == true ? " full" : ""
          return "\(name) \(event.fields["population"]?.int ?? -1)\(isFull)"
        }
      }
    }
  }

  func join(_ room: String, _ name: String, id: String) async throws -> BenchDialect {
    let client = try await oldClient(id)
    await client.send(Frame.of("join", name, room))
    return client
  }
}

/// Frames as the document writes them, without white space.
enum Frame {
  static func of(_ type: String, _ user: String, _ room: String, _ msg: String = "") -> String {
    """
    {"type":"\(type)","data":{"user":{"user_name":"\(user)","user_avatar":""},\
    "room_name":"\(room)","msg":"\(msg)"}}
    """
  }

  static func user(_ user: String, _ room: String, _ msg: String) -> String {
    of("user", user, room, msg)
  }

  static func error(_ text: String) -> String { of("error", "", "", text) }
}

extension Event {
  /// What a version-2 client makes of it, shortly: `join tao`, `msg tao: hello`.
  var told: String {
    let user = fields["user"]?["user_name"]?.string ?? "?"
    let text = fields["msg"]?.string ?? "?"
    return name == "chat.user" ? "\(text) \(user)" : "\(user): \(text)"
  }
}

extension Peer {
  /// An address that no open network holds.
  static let outside = Peer(address: "203.0.113.7", bytes: [203, 0, 113, 7])
  static let near = Peer(address: "192.168.4.7", bytes: [192, 168, 4, 7])
}
