import Glibc
import SQLiteStore
import Storage
import Synchronization

/// A fresh folder that is gone when the test is.
final class FreshFolder: Sendable {
  let path: String

  init() {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/muster-sqlite-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil, "no folder for temporary files")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    if let entries = opendir(path) {
      while let entry = readdir(entries) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        unlink("\(path)/\(name)")
      }
      closedir(entries)
    }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func size(of name: String) -> Int {
    var status = stat()
    return stat(file(name), &status) == 0 ? Int(status.st_size) : -1
  }

  func rights(of name: String) -> UInt32 {
    var status = stat()
    return stat(file(name), &status) == 0 ? status.st_mode & 0o777 : 0
  }

  func write(_ bytes: [UInt8], to name: String, at offset: Int = 0) {
    let descriptor = open(file(name), O_RDWR | O_CREAT, 0o600)
    precondition(pwrite(descriptor, bytes, bytes.count, offset) == bytes.count, "cannot write")
    close(descriptor)
  }
}

/// Opens a store in a file of a fresh folder, and closes it after `body`.
func withStore(
  _ options: SQLiteOptions = SQLiteOptions(),
  _ body: (SQLiteStore, FreshFolder) async throws -> Void
) async throws {
  let folder = FreshFolder()
  let store = try await SQLiteStore.open(.file(folder.file("test.db")), options: options)
  do {
    try await body(store, folder)
  } catch {
    await store.close()
    throw error
  }
  await store.close()
}

/// The error that `work` throws, or nil.
func failure<Result>(_ work: () async throws -> Result) async -> StoreError? {
  do {
    _ = try await work()
    return nil
  } catch {
    return error as? StoreError
  }
}

/// Raised once, by one thread for others.
final class Flag: Sendable {
  private let value = Atomic(false)
  var isRaised: Bool { value.load(ordering: .acquiring) }
  func raise() { value.store(true, ordering: .releasing) }
  func wait() { while !isRaised {} }
}
