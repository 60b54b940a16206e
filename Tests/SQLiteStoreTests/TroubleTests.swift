import Glibc
import SQLiteStore
import Storage
import Synchronization
import Testing

@Suite struct TroubleTests {
  @Test func `a full database says so, keeps what it has and goes on reading`() async throws {
    var options = SQLiteOptions()
    options.largestPageCount = 40
    try await withStore(options) { store, _ in
      try await store.execute("CREATE TABLE rows (id {id}, body TEXT NOT NULL)")
      let body = String(repeating: "x", count: 3000)
      var stored = 0
      var error: StoreError?
      while error == nil {
        error = await failure {
          try await store.execute("INSERT INTO rows (body) VALUES (?)", body)
        }
        if error == nil { stored += 1 }
      }
      #expect(error?.code == .full)
      #expect(error?.isTemporary == true)
      let rows = try await store.query("SELECT id FROM rows")
      #expect(rows.count == stored)
      try await store.execute("DELETE FROM rows WHERE id < 5")
      try await store.execute("INSERT INTO rows (body) VALUES (?)", body)
    }
  }

  @Test func `a whole group that finds no room loses nothing that was acknowledged`() async throws {
    var options = SQLiteOptions()
    options.largestPageCount = 60
    try await withStore(options) { store, _ in
      try await store.execute("CREATE TABLE rows (n BIGINT PRIMARY KEY, body TEXT NOT NULL)")
      let body = String(repeating: "x", count: 3000)
      let stored = await withTaskGroup(of: Int?.self) { group in
        for number in 0..<200 {
          group.addTask {
            let error = await failure {
              try await store.write {
                try $0.execute("INSERT INTO rows VALUES (?, ?)", number, body)
              }
            }
            return error == nil ? number : nil
          }
        }
        return await group.reduce(into: [Int]()) { if let number = $1 { $0.append(number) } }
      }
      let rows = try await store.query("SELECT n FROM rows ORDER BY n").map { try $0.int("n") }
      #expect(rows == stored.sorted())
      #expect(!stored.isEmpty && stored.count < 200)
    }
  }

  @Test func `a database opened for reading refuses writes and answers queries`() async throws {
    let folder = FreshFolder()
    let path = folder.file("test.db")
    let writable = try await SQLiteStore.open(.file(path))
    try await writable.execute("CREATE TABLE rows (n BIGINT)")
    await writable.close()
    var options = SQLiteOptions()
    options.isReadOnly = true
    let store = try await SQLiteStore.open(.file(path), options: options)
    #expect(
      await failure { try await store.execute("INSERT INTO rows VALUES (1)") }?.code == .readOnly)
    #expect(
      await failure { try await store.write { try $0.execute("DELETE FROM rows") } }?.code
        == .readOnly)
    #expect(try await store.query("SELECT n FROM rows").isEmpty)
    await store.close()
  }

  @Test func `a damaged file is refused with a sentence`() async throws {
    let folder = FreshFolder()
    let path = folder.file("test.db")
    let store = try await SQLiteStore.open(.file(path))
    try await store.execute("CREATE TABLE rows (id {id}, body TEXT)")
    for _ in 0..<50 {
      try await store.execute(
        "INSERT INTO rows (body) VALUES (?)", String(repeating: "x", count: 500))
    }
    await store.close()
    folder.write([UInt8](repeating: 0xA5, count: 8192), to: "test.db", at: 12288)
    let error = await failure { try await SQLiteStore.open(.file(path)) }
    #expect(error?.code == .corrupt)
  }

  @Test func `a file that is no database is refused`() async throws {
    let folder = FreshFolder()
    folder.write(Array(String(repeating: "no database at all ", count: 100).utf8), to: "test.db")
    let error = await failure { try await SQLiteStore.open(.file(folder.file("test.db"))) }
    #expect(error?.code == .corrupt)
  }

  @Test func `a database of another program is refused, not filled with our tables`() async throws {
    let folder = FreshFolder()
    // Somebody else's mark, four bytes at 68, in an otherwise good and empty SQLite file.
    let store = try await SQLiteStore.open(.file(folder.file("test.db")))
    try await store.execute("CREATE TABLE rows (n BIGINT)")
    await store.close()
    folder.write([0x47, 0x50, 0x4B, 0x47], to: "test.db", at: 68)
    let error = await failure { try await SQLiteStore.open(.file(folder.file("test.db"))) }
    #expect(error?.code == .mismatch)
  }

  @Test func `every commit waits for the disk`() async throws {
    try await withStore { store, _ in
      // 2 is FULL. What it buys shows only when the power fails.
      let row = try await store.write { tx in try tx.first("SELECT * FROM pragma_synchronous") }
      #expect(row?[0] == 2)
    }
  }

  @Test func `a folder that does not exist is unavailable`() async throws {
    let folder = FreshFolder()
    let error = await failure { try await SQLiteStore.open(.file(folder.file("no/such/test.db"))) }
    #expect(error?.code == .unavailable)
  }

  @Test func `nobody else can read the files`() async throws {
    try await withStore { store, folder in
      try await store.execute("CREATE TABLE rows (n BIGINT)")
      #expect(folder.rights(of: "test.db") == 0o600)
      #expect(folder.rights(of: "test.db-wal") == 0o600)
    }
  }

  @Test func `a program that holds the database makes the store busy, not stuck`() async throws {
    var options = SQLiteOptions()
    options.busyLimit = .milliseconds(20)
    let folder = FreshFolder()
    let path = folder.file("test.db")
    let first = try await SQLiteStore.open(.file(path), options: options)
    let second = try await SQLiteStore.open(.file(path), options: options)
    try await first.execute("CREATE TABLE rows (n BIGINT)")
    let (holds, isFree) = (Flag(), Flag())
    let holder = Task {
      try await first.write { tx in
        try tx.execute("INSERT INTO rows VALUES (1)")
        holds.raise()
        isFree.wait()
      }
    }
    while !holds.isRaised { await Task.yield() }
    let error = await failure { try await second.execute("INSERT INTO rows VALUES (2)") }
    isFree.raise()
    try await holder.value
    #expect(error?.code == .busy)
    try await second.execute("INSERT INTO rows VALUES (3)")
    #expect(try await first.query("SELECT n FROM rows").count == 2)
    await first.close()
    await second.close()
  }

  @Test func `the log does not grow without end although at any time somebody reads`() async throws
  {
    var options = SQLiteOptions()
    options.checkpointSize = 100_000
    options.logLimit = 400_000
    try await withStore(options) { store, folder in
      try await store.execute("CREATE TABLE rows (id {id}, body TEXT NOT NULL)")
      let relay = Relay()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            while !relay.isOver { try await store.read { try relay.run($0) } }
          }
        }
        let body = String(repeating: "x", count: 2000)
        for _ in 0..<800 { try await store.execute("INSERT INTO rows (body) VALUES (?)", body) }
        relay.end()
      }
      // More than three megabytes were written.
      #expect(folder.size(of: "test.db-wal") < 1_500_000)
      #expect(store.metrics.checkpoints > 5)
    }
  }
}

/// Readers who each look at the database until the next one does.
private final class Relay: Sendable {
  private let started = Atomic(0)
  private let over = Atomic(false)

  var isOver: Bool { over.load(ordering: .acquiring) }
  func end() { over.store(true, ordering: .releasing) }

  func run(_ transaction: Transaction) throws {
    _ = try transaction.query("SELECT count(*) AS n FROM rows")
    let own = started.add(1, ordering: .acquiringAndReleasing).newValue
    while started.load(ordering: .acquiring) == own && !isOver {}
  }
}
