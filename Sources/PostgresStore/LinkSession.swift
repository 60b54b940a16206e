internal import Storage

/// A connection as the plugins' transactions see it.
final class LinkSession: Session {
  let engine = Engine.postgres
  private let link: Link

  init(_ link: Link) { self.link = link }

  func run(_ sql: String, _ arguments: [Value]) throws(StoreError) -> Answer {
    try link.run(sql, arguments)
  }

  func lockMigrations() throws(StoreError) {
    // A session that waited for the lock must see the holder's changes, so each statement takes a fresh
    // look; and the wait may be as long as somebody else's migration takes.
    try link.perform("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    try link.bePatient()
    try link.perform("SELECT pg_advisory_xact_lock(7308332182764941938)")
  }
}
