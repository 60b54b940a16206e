import JSON
import PluginKit
import Storage

/// A notice board: staff pins notices, and everybody who looks at the board sees them at once.
public struct NoticesPlugin: Plugin {
  public static let name = "notices"

  private let services: PluginServices

  public init(services: PluginServices) { self.services = services }

  public func register(with registrar: inout Registrar) {
    registrar.migrate(1, NoticesPlugin.table)
    registrar.get("/notices", NoticesPlugin.list) { _ in
      .json(["notices": .array(try await self.newest().map(\.json))])
    }
    registrar.post("/notices", NoticesPlugin.pin) { request in
      .json(try await self.pin(request).json, status: 201)
    }
    registrar.topic(
      "notices.board", "The board: every notice when it is pinned.", boardRules(),
      events: [EventDescription("notices.pinned", "A new notice.", Notice.properties)])
    registrar.page(
      NoticesPlugin.board, assets: [PageAsset("board.js", PackageResources.board_js)])
  }
}

// What is kept.
extension NoticesPlugin {
  /// `{id}` is the key that the database counts up itself, in the words of either database.
  private static let table = """
    CREATE TABLE notices_board (
      id {id},
      at BIGINT NOT NULL,
      author TEXT NOT NULL,
      text TEXT NOT NULL)
    """

  private func newest() async throws -> [Notice] {
    let count = services.settings.number("shown")
    return try await services.store.query(
      "SELECT id, at, author, text FROM notices_board ORDER BY id DESC LIMIT ?", count
    ).map { try Notice($0) }
  }

  private func keep(_ text: String, by author: String) async throws -> Notice {
    let now = services.clock.now
    let id = try await services.store.insert(
      "INSERT INTO notices_board (at, author, text) VALUES (?, ?, ?) RETURNING id",
      now, author, text)
    return Notice(id: id, at: now, author: author, text: text)
  }
}

// What can be called.
extension NoticesPlugin {
  private static let list = Operation(
    "The newest notices",
    answers: [.ok(.object([.init("notices", .array(of: Notice.schema))]))])

  private static let pin = Operation(
    "Pin a notice",
    body: .init(.json(.object([.init("text", .string)])), maxBytes: 4096),
    answers: [Operation.Answer(201, "It hangs.", Notice.schema)],
    access: .anyRole([.staff, .admin]), limit: .perMinute(30, by: .account))

  private func pin(_ request: Request) async throws -> Notice {
    guard let text = try request.json()["text"]?.string, (1...500).contains(text.count) else {
      throw PluginError.invalid("text is missing or too long")
    }
    let notice = try await keep(text, by: try request.caller().name)
    try await services.hub.publish(Event("notices.pinned", notice.fields), to: "notices.board")
    return notice
  }
}

// What is told.
extension NoticesPlugin {
  private func boardRules() -> TopicRules {
    var rules = TopicRules()
    rules.allowsGuests = true
    rules.snapshot = { _, _ in .array(try await self.newest().map(\.json)) }
    return rules
  }
}

// What is shown.
extension NoticesPlugin {
  private static var board: Page {
    var page = Page(
      "board", title: "Notices", description: "The notice board",
      content: PackageResources.board_html)
    page.menu = .init("Notices", "公告")
    page.summary = .init("Every notice the moment it is pinned.", "公告一经发布，立即显示。")
    return page
  }
}

// What can be configured, as `notices.shown`.
extension NoticesPlugin {
  public static var settings: [Setting] {
    [Setting("shown", .number(20), "How many notices the board shows.")]
  }
}
