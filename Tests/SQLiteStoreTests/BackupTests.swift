import SQLiteStore
import Storage
import Testing

@Suite struct BackupTests {
  @Test func `a backup made while rows are written is whole and verified`() async throws {
    try await withStore { store, folder in
      try await store.migrate(
        "rows", [Migration(3, "CREATE TABLE rows (id {id}, body TEXT NOT NULL)")])
      let body = String(repeating: "x", count: 2000)
      try await store.write { tx in
        for _ in 0..<1500 { try tx.execute("INSERT INTO rows (body) VALUES (?)", body) }
      }
      let writer = Task {
        var count = 0
        while !Task.isCancelled {
          try await store.execute("INSERT INTO rows (body) VALUES (?)", body)
          count += 1
        }
        return count
      }
      let size = try await store.backup(to: folder.file("copy.db"))
      writer.cancel()
      let written = try await writer.value
      #expect(size == folder.size(of: "copy.db"))
      #expect(try SQLiteStore.verify(folder.file("copy.db")) == ["rows": 3])
      #expect(folder.size(of: "copy.db-wal") == -1)
      #expect(folder.size(of: "copy.db.partial") == -1)
      #expect(folder.rights(of: "copy.db") == 0o600)
      let copy = try await SQLiteStore.open(.file(folder.file("copy.db")))
      let count = try await copy.first("SELECT count(*) AS n FROM rows")?.int("n") ?? 0
      await copy.close()
      #expect((1500...1500 + written).contains(count))
    }
  }

  @Test func `a backup to a place that cannot be written fails and harms nothing`() async throws {
    try await withStore { store, folder in
      try await store.execute("CREATE TABLE rows (n BIGINT)")
      let error = await failure { try await store.backup(to: folder.file("no/such/copy.db")) }
      #expect(error?.code == .unavailable)
      try await store.execute("INSERT INTO rows VALUES (1)")
      try await store.backup(to: folder.file("copy.db"))
      #expect(try SQLiteStore.verify(folder.file("copy.db")).isEmpty)
    }
  }

  @Test func `verify finds damage and strangers`() async throws {
    try await withStore { store, folder in
      try await store.execute("CREATE TABLE rows (id {id}, body TEXT)")
      for _ in 0..<50 {
        try await store.execute(
          "INSERT INTO rows (body) VALUES (?)", String(repeating: "x", count: 500))
      }
      try await store.backup(to: folder.file("copy.db"))
      folder.write([UInt8](repeating: 0xA5, count: 8192), to: "copy.db", at: 12288)
      #expect(await failure { try SQLiteStore.verify(folder.file("copy.db")) }?.code == .corrupt)
      folder.write([], to: "empty.db")
      #expect(await failure { try SQLiteStore.verify(folder.file("empty.db")) }?.code == .mismatch)
    }
  }

  @Test func `a restored database is the state of the backup`() async throws {
    let folder = FreshFolder()
    let path = folder.file("test.db")
    let store = try await SQLiteStore.open(.file(path))
    try await store.execute("CREATE TABLE rows (n BIGINT)")
    try await store.execute("INSERT INTO rows VALUES (1)")
    try await store.backup(to: folder.file("copy.db"))
    try await store.execute("INSERT INTO rows VALUES (2)")
    let inUse = await failure { try SQLiteStore.restore(folder.file("copy.db"), to: path) }
    #expect(inUse?.code == .busy)
    #expect(try await store.query("SELECT n FROM rows").count == 2)
    await store.close()
    try SQLiteStore.restore(folder.file("copy.db"), to: path)
    let restored = try await SQLiteStore.open(.file(path))
    #expect(try await restored.query("SELECT n FROM rows").count == 1)
    await restored.close()
  }
}
