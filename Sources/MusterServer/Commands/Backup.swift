internal import CommandLineKit
internal import Configuration
internal import Glibc
internal import SQLiteStore
internal import Storage

extension Program {
  func backup(_ call: Invocation) async throws -> ExitCode {
    let configuration = try configuration(call)
    let file = call.operand(0) ?? ""
    let path = try sqlitePath(configuration, "pg_dump --format=custom --file=\(file)")
    try requireFile(path)
    guard access(Folder.parent(of: file), W_OK) == 0 else {
      throw Failure("the folder of \(file) cannot be written")
    }
    let store = try await SQLiteStore.open(.file(path))
    var progress = ProgressLine(console)
    progress.show("copying \(path)")
    do {
      let size = try await store.backup(to: file)
      await store.close()
      progress.show("checking \(file)")
      let owners = try SQLiteStore.verify(file)
      progress.clear()
      console.print("\(file): \(size) bytes, tables of \(names(owners)), checked.")
      return .success
    } catch {
      await store.close()
      throw error
    }
  }

  func restore(_ call: Invocation) async throws -> ExitCode {
    let configuration = try configuration(call)
    let file = call.operand(0) ?? ""
    let path = try sqlitePath(configuration, "pg_restore --clean --if-exists \(file)")
    try requireFile(file)
    guard call.has("verify") else {
      try Folder.make(Folder.parent(of: path))
      try SQLiteStore.restore(file, to: path)
      console.print("\(path) is what \(file) was.")
      return .success
    }
    let owners = try SQLiteStore.verify(file)
    console.print("\(file) is whole: tables of \(names(owners)).")
    return .success
  }

  private func sqlitePath(_ configuration: ServerConfiguration, _ tool: String) throws -> String {
    switch try DatabaseAddress(configuration) {
    case .sqlite(let path): return path
    case .postgres:
      throw Failure("a PostgreSQL database is copied by its own tools: \(tool)", .usage)
    }
  }

  /// SQLite would make an empty database of a name that was misspelt.
  private func requireFile(_ path: String) throws {
    do { _ = try InputFile(path) } catch { throw Failure("there is no file \(path)") }
  }

  private func names(_ owners: [String: Int]) -> String {
    owners.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
