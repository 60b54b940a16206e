public import PluginKit
internal import Storage

/// Chat rooms: named, short-lived rooms of a few people, with accounts by telephone number.
///
/// The plugin serves the documented calls at the root and below `/chat`, and the documented frames
/// at `/` and `/ws/chat`. Clients of version 2 find the same rooms in the topics `chat.…`.
public final class ChatPlugin: Plugin {
  public static let name = "chat"
  static let networks = "open_networks"

  let services: PluginServices
  let directory: RoomDirectory
  let logins: TelephoneLogins

  public init(services: PluginServices) throws {
    self.services = services
    directory = RoomDirectory(services)
    logins = TelephoneLogins(services)
  }

  public static var settings: [Setting] {
    [
      Setting(
        networks,
        .list([
          "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
          "169.254.0.0/16", "fc00::/7", "fe80::/10",
        ]),
        "Networks from which clients may chat under any name, as the documents have it;"
          + " elsewhere a token is needed. Empty closes the open form."),
      Setting("capacity", .number(10), "Seats in a room."),
      Setting("token_days", .number(7), "Days after its last use for which a login is good."),
    ]
  }

  public static func check(_ settings: Settings) -> [SettingProblem] {
    settings.networkProblems(networks) + settings.rangeProblems("capacity", 1...10_000)
      + settings.rangeProblems("token_days", 1...3650)
  }

  public func register(with registrar: inout Registrar) {
    registrar.migrate(1, Tables.first)
    registrar.migrate(2, Tables.rooms)
    registrar.errorShape(Answers.shape, schema: Documents.refusal)
    registerCalls(with: &registrar)
    registerTopics(with: &registrar)
    Self.registerPages(with: &registrar)
    registrar.dialect(
      ["/", "/ws/chat"], "chat", admitsProvisional: true,
      ChatDialect(directory: directory, services: services))
    registrar.job("tidy", .every(seconds: 1)) { _ in
      await self.membership.followPostponed()
      try await self.directory.upkeep()
    }
  }

  private func registerCalls(with registrar: inout Registrar) {
    registrar.mount(at: "", "/chat")
    registrar.route([.get, .post], "/auth/login", Documents.login, logIn)
    registrar.route([.get, .post], "/auth/register", Documents.register, registerAccount)
    registrar.route([.get, .post], "/auth/user_data", Documents.userData, userData)
    registrar.route([.get, .post], "/chatroom/list", Documents.list, listRooms)
    registrar.route([.get, .post], "/chatroom/create", Documents.create, createRoom)
    registrar.route([.get, .post], "/chatroom/room", Documents.seat, bookSeat)
  }

  private func registerTopics(with registrar: inout Registrar) {
    registrar.topic(
      RoomDirectory.list.description, "The rooms, and the number of seats taken in each.",
      listRules(), events: Documents.listEvents)
    registrar.topic(
      RoomName.pattern, "One room: its members, and the messages.", roomRules(),
      events: Documents.roomEvents)
  }

  public func start() async throws {
    let rows = try await services.store.query(
      "SELECT chatroom_name FROM chat_chatroom ORDER BY chatroom_id")
    try await directory.start(permanent: try rows.map { try $0.text("chatroom_name") })
  }

  public func stop() async { await directory.stop() }

  var membership: RoomMembership { RoomMembership(directory: directory, hub: services.hub) }
}
