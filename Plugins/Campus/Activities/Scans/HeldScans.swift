internal import Crypto
internal import Storage

/// Scans of good codes by phones on which nobody was logged in yet.
///
/// A scan counts with the moment of its arrival if a login on the same phone follows within two
/// minutes. The phone holds a ticket in a cookie; the digest of it is here.
struct HeldScans: Sendable {
  static let lifeSeconds = 120
  private static let lifeMilliseconds = Int64(lifeSeconds) * 1000

  struct Held: Sendable {
    let ticket: String
    let label: String
    let activityName: String
  }

  let store: any Store

  /// Keeps a scan. Throws the documented refusals of codes, and the one of an item that is not open.
  func hold(_ code: QRText, arrivedAt arrival: Int64) async throws -> Held {
    let ticket = Random.token()
    return try await store.write { tx in
      let item = try tx.scannedItem(code, arrivedAt: arrival)
      let name = try tx.activity(item.activity)?.name ?? ""
      guard item.isOpen(at: Moment(milliseconds: arrival)) else {
        throw RefusedScan(refusal: ClockinRefusal.outOfTime, item: item, activityName: name)
      }
      try tx.execute(
        "INSERT INTO campus_held_scans (digest, clockin_id, arrived) VALUES (?, ?, ?)",
        tokenHash(ticket), item.id, arrival)
      return Held(ticket: ticket, label: item.label, activityName: name)
    }
  }

  /// Records a held scan for a user. A refusal leaves it in place, so that somebody who enrols at
  /// once can try again.
  func claim(
    _ ticket: String, for user: Int64, at now: Int64, device: String?
  ) async throws -> ClockinStore.Recorded {
    try await store.write { tx in
      let row = try tx.first(
        "DELETE FROM campus_held_scans WHERE digest = ? RETURNING clockin_id, arrived",
        tokenHash(ticket))
      guard let row, let item = try tx.clockin(try row.int64("clockin_id")) else {
        throw ClockinRefusal.heldTooLong
      }
      let arrival = try row.int64("arrived")
      guard now - arrival <= HeldScans.lifeMilliseconds else { throw ClockinRefusal.heldTooLong }
      return try tx.clockIn(user, on: item, arrivedAt: arrival, device: device)
    }
  }

  /// Deletes the scans that no login has followed.
  func sweep(at now: Int64) async throws {
    try await store.execute(
      "DELETE FROM campus_held_scans WHERE arrived < ?", now - HeldScans.lifeMilliseconds)
  }
}
