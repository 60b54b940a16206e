internal import CommandLineKit
internal import Configuration
internal import Glibc
internal import HubCore
internal import PostgresStore
internal import SQLiteStore
internal import Storage

extension Program {
  func backup(_ call: Invocation) async throws -> ExitCode {
    let address = try DatabaseAddress(try configuration(call))
    let file = call.operand(0) ?? ""
    guard access(Folder.parent(of: file), W_OK) == 0 else {
      throw Failure("the folder of \(file) cannot be written")
    }
    switch address {
    case .sqlite(let path): try await backup(path, to: file)
    case .postgres(let url):
      let (size, owners) = try PostgresCopy(url).dump(to: file)
      tell(file, size, owners)
    }
    return .success
  }

  private func backup(_ path: String, to file: String) async throws {
    try requireFile(path)
    let store = try await SQLiteStore.open(.file(path))
    var progress = ProgressLine(console)
    progress.show("copying \(path)")
    do {
      let size = try await store.backup(to: file)
      await store.close()
      progress.show("checking \(file)")
      let owners = try SQLiteStore.verify(file)
      progress.clear()
      tell(file, size, owners)
    } catch {
      await store.close()
      throw error
    }
  }

  func restore(_ call: Invocation) async throws -> ExitCode {
    let configuration = try configuration(call)
    let address = try DatabaseAddress(configuration)
    let file = call.operand(0) ?? ""
    try requireFile(file)
    guard call.has("verify") else {
      try await restoreAlone(file, to: address, configuration)
      return .success
    }
    let owners =
      switch address {
      case .sqlite: try SQLiteStore.verify(file)
      case .postgres: try PostgresCopy.verify(file)
      }
    console.print("\(file) is whole: tables of \(names(owners)).")
    return .success
  }

  /// Keeps servers from starting until this is done.
  private func restoreAlone(
    _ file: String, to address: DatabaseAddress, _ configuration: ServerConfiguration
  ) async throws {
    let claim = try await DataClaim(configuration) { _ in }
    do {
      try await restore(file, to: address)
      await claim.release()
    } catch {
      await claim.release()
      throw error
    }
  }

  private func restore(_ file: String, to address: DatabaseAddress) async throws {
    switch address {
    case .sqlite(let path):
      try Folder.make(Folder.parent(of: path))
      try SQLiteStore.restore(file, to: path)
      let store = try await SQLiteStore.open(.file(path))
      try await renewEpochs(store)
      await store.close()
      console.print("\(path) is what \(file) was.")
    case .postgres(let url):
      var options = PostgresOptions()
      options.connections = 1
      let store = try await PostgresStore.open(url, options: options)
      try await PostgresCopy(url).restore(file, askingFor: store)
      let restored = try await PostgresStore.open(url, options: options)
      try await renewEpochs(restored)
      await restored.close()
      console.print("The database is what \(file) was.")
    }
  }

  /// A copy without the hub's tables has nothing to be told apart.
  private func renewEpochs(_ store: any Store) async throws {
    let owners = try await store.query(
      "SELECT owner FROM schema_versions WHERE owner = ?", HubServer.historyOwner)
    if !owners.isEmpty { try await HubServer.renewEpochs(store) }
  }

  /// SQLite would make an empty database of a name that was misspelt.
  private func requireFile(_ path: String) throws {
    do { _ = try InputFile(path) } catch { throw Failure("there is no file \(path)") }
  }

  private func tell(_ file: String, _ size: Int, _ owners: [String: Int]) {
    console.print("\(file): \(size) bytes, tables of \(names(owners)), checked.")
  }

  private func names(_ owners: [String: Int]) -> String {
    owners.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
