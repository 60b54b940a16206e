import PluginKit
import Storage

extension NoticesPlugin {
  /// `{id}` declares a key that the database counts up, in the words of either database.
  static let table = """
    CREATE TABLE notices_board (
      id {id},
      at BIGINT NOT NULL,
      author TEXT NOT NULL,
      text TEXT NOT NULL)
    """

  func newest() async throws -> [Notice] {
    let count = services.settings.number("shown")
    return try await services.store.query(
      "SELECT id, at, author, text FROM notices_board ORDER BY id DESC LIMIT ?", count
    ).map { try Notice($0) }
  }

  func store(_ text: String, by author: String) async throws -> Notice {
    let now = services.clock.now
    let id = try await services.store.insert(
      "INSERT INTO notices_board (at, author, text) VALUES (?, ?, ?) RETURNING id",
      now, author, text)
    return Notice(id: id, at: now, author: author, text: text)
  }
}
