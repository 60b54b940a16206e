internal import Configuration
internal import PostgresStore
internal import Storage

/// The locks of a server, so that no second one writes its data: on its folder and on its database.
struct DataClaim {
  private let files: [FileLock]
  private let database: DatabaseClaim?

  /// - Parameter onLoss: called with a sentence when another server has taken the database.
  init(
    _ configuration: ServerConfiguration, onLoss: @escaping @Sendable (String) -> Void
  ) async throws {
    let data = configuration[Keys.data]
    let folder = try FileLock(folder: data)
    switch try DatabaseAddress(configuration) {
    case .sqlite(let path):
      // The data folder of another server may have it, too.
      files = [folder, try FileLock(database: path)]
      database = nil
    case .postgres(let url):
      files = [folder]
      database = try await DataClaim.claim(url, onLoss)
    }
  }

  func release() async {
    await database?.release()
    for file in files { file.release() }
  }

  private static func claim(
    _ url: String, _ onLoss: @escaping @Sendable (String) -> Void
  ) async throws -> DatabaseClaim {
    do throws(StoreError) {
      return try await DatabaseClaim.take(url) { onLoss($0.message) }
    } catch {
      guard error.code == .busy else { throw error }
      throw Failure("\(error.message): stop that server first, or name another database")
    }
  }
}
