internal import Glibc
internal import Loop
internal import Primitives
public import Storage

/// Keeps a database for one server, with an advisory lock on a connection of its own.
///
/// PostgreSQL gives the lock up when the connection ends, however the server ends. A connection that
/// broke is made again, with the lock; `onLoss` hears when another server was faster.
public actor DatabaseClaim {
  private let thread: BlockingThread
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  private let url: String
  private let name = makeClaimName()
  private let options: PostgresOptions
  private let onLoss: @Sendable (StoreError) -> Void
  private let isReleased = Locked(false)
  private let work = Locked<Task<Void, Never>?>(nil)
  private var link: Link?

  private init(
    _ url: String, _ options: PostgresOptions, onLoss: @escaping @Sendable (StoreError) -> Void
  ) {
    thread = BlockingThread(name: "postgres-claim")
    self.url = url
    self.options = options
    self.onLoss = onLoss
  }

  /// - Throws: `.busy` with a sentence that names the other server, if there is one.
  public static func take(
    _ url: String, options: PostgresOptions = PostgresOptions(),
    onLoss: @escaping @Sendable (StoreError) -> Void
  ) async throws(StoreError) -> DatabaseClaim {
    let claim = DatabaseClaim(url, options, onLoss: onLoss)
    defer { claim.start() }
    try await claim.takeFirst()
    return claim
  }

  /// Gives the database up and ends the thread.
  public nonisolated func release() async {
    isReleased.withLock { $0 = true }
    let task = work.withLock { $0 }
    await task?.value
  }

  /// Even if the lock was not had: watching without a link ends at once, and the thread with it.
  private nonisolated func start() {
    let task = Task.detached { [self] in
      await watch()
      thread.stop()
      thread.join()
    }
    work.withLock { $0 = task }
  }

  private func takeFirst() throws(StoreError) {
    // PostgreSQL may need a moment to notice that a killed server is gone.
    for _ in 0..<20 {
      do {
        link = try Link(claiming: url, as: name, options)
        return
      } catch  where error.code == .busy {
        usleep(100_000)
      }
    }
    link = try Link(claiming: url, as: name, options)
  }

  /// Blocks the thread, which is there for nothing else.
  private func watch() {
    var turn = 0
    while let link, !isReleased.withLock({ $0 }) {
      turn += 1
      // Once a second; a release waits less.
      if turn % 20 == 0, link.hasBeenClosed() { reclaim() }
      usleep(50_000)
    }
    link = nil
  }

  private func reclaim() {
    do {
      link = try Link(claiming: url, as: name, options)
    } catch  where error.code == .busy {
      link = nil
      onLoss(error)
    } catch {
      // PostgreSQL is away: the old, dead link stays and is replaced at a later look.
    }
  }
}

extension Link {
  /// The first half of the lock's key, "Must" in ASCII; the second is the schema.
  private static let lockClass = 1_299_542_900

  /// Connects and takes the lock.
  /// - Parameter name: shown in `pg_stat_activity`, where other servers find it.
  fileprivate convenience init(
    claiming url: String, as name: String, _ options: PostgresOptions
  ) throws(StoreError) {
    try self.init(url, options)
    for setting in [
      "application_name = '\(name)'",
      // The lock of a server whose machine died is free after half a minute.
      "tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3",
    ] { try perform("SET \(setting)") }
    let row = try run(
      "SELECT pg_try_advisory_lock(\(Link.lockClass), hashtext(current_schema())) AS taken", []
    ).rows.first
    guard try row?.bool("taken") != true else { return }
    let holder = try holder()
    // A cable that was pulled leaves our own old session behind for a while.
    let code: StoreError.Code = holder == name ? .unavailable : .busy
    let shown = holder.split(separator: " #").first ?? ""
    throw StoreError(code, "the database is used by \(shown)")
  }

  private func holder() throws(StoreError) -> String {
    let row = try run(
      """
      SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.classid::bigint = \(Link.lockClass)
        AND l.objid::bigint = hashtext(current_schema())::bigint & 4294967295
      """, []
    ).rows.first
    // Sessions of another role are shown without a name.
    guard let name = try row?.optionalText("name"), name.hasPrefix("muster with") else {
      return "another muster"
    }
    return name
  }
}

/// `muster with pid 12 on host #…`: the end tells two claims of one process apart.
private func makeClaimName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  unsafe gethostname(&name, name.count - 1)
  // PostgreSQL cuts a name after 63 bytes.
  let host = name.prefix { $0 > 0 }.prefix(24).map { UInt8(bitPattern: $0) }
    .filter { $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\\") }
  let tag = UInt32.random(in: 0...UInt32.max)
  return "muster with pid \(getpid()) on \(String(decoding: host, as: UTF8.self)) #\(tag)"
}
