public import PluginKit
internal import Storage

/// Chat rooms: named, short-lived rooms of a few people, with accounts by telephone number.
///
/// It serves the documented calls at the root and below `/chat`, and the documented frames at `/`
/// and `/ws/chat`; clients of version 2 find the same rooms in the topics `chat.…`.
public final class ChatPlugin: Plugin {
  public static let name = "chat"
  static let networks = "open_networks"

  let services: PluginServices
  let book: RoomBook
  let logins: Logins

  public init(services: PluginServices) throws {
    self.services = services
    book = RoomBook(services)
    logins = Logins(services)
  }

  public static var settings: [Setting] {
    [
      Setting(
        networks,
        .list([
          "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
          "169.254.0.0/16", "fc00::/7", "fe80::/10",
        ]),
        "Networks from which everybody may chat under any name, as the documents have it;"
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
    registrar.migrate(1, ChatPlugin.tables)
    registrar.errorShape(Answers.shape, schema: Documents.refusal)
    registrar.mount(at: "", "/chat")
    registerAccounts(with: &registrar)
    registerRooms(with: &registrar)
    registerTopics(with: &registrar)
    Self.registerPages(with: &registrar)
    registrar.dialect(
      ["/", "/ws/chat"], "chat", admitsProvisional: true,
      ChatDialect(book: book, services: services))
    registrar.job("tidy", .every(seconds: 1)) { [book] _ in await book.tidy() }
  }

  public func start() async throws {
    let rows = try await services.store.query(
      "SELECT chatroom_name FROM chat_chatroom ORDER BY chatroom_id")
    await book.begin(permanent: try rows.map { try $0.text("chatroom_name") })
  }

  /// The rooms that are always there; all others live in memory only.
  private static let tables = """
    CREATE TABLE chat_chatroom (
      chatroom_id BIGINT PRIMARY KEY,
      chatroom_name TEXT NOT NULL);
    INSERT INTO chat_chatroom (chatroom_id, chatroom_name) VALUES (0, 'TEST');
    INSERT INTO chat_chatroom (chatroom_id, chatroom_name) VALUES (1, 'YOU');
    """
}
