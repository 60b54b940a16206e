internal import COpenSSL
internal import Loop
internal import Primitives

/// The keys that session tickets are sealed with: one for new tickets, and the one before it for
/// tickets still around.
///
/// A ticket holds the whole session, so no server memory is needed to resume it, and every worker
/// can. The keys outlive a reload of certificates. Dropping them after a while keeps old
/// recordings safe from whoever finds a key later.
final class TicketKeys: Sendable {
  /// How long a key makes new tickets; it opens them for as long again.
  static let period: UInt64 = 6 * 3600 * 1_000_000_000

  private struct State: Sendable {
    var current = TicketKey()
    var previous: TicketKey?
    var madeAt: UInt64
  }

  private let time: any TimeSource
  private let state: Locked<State>

  init(time: any TimeSource) {
    self.time = time
    state = Locked(State(madeAt: time.monotonic))
  }

  /// The key for new tickets.
  func current() -> TicketKey { rotated().current }

  /// The key that made a ticket; the flag says whether a fresher ticket should replace it.
  func key(named name: UnsafePointer<UInt8>) -> (key: TicketKey, isOld: Bool)? {
    let state = rotated()
    if unsafe state.current.isNamed(name) { return (state.current, false) }
    guard let previous = state.previous, unsafe previous.isNamed(name) else { return nil }
    return (previous, true)
  }

  private func rotated() -> State {
    let now = time.monotonic
    return state.withLock { state in
      let age = now - state.madeAt
      guard age >= Self.period else { return state }
      state.previous = age < 2 * Self.period ? state.current : nil
      state.current = TicketKey()
      state.madeAt = now
      return state
    }
  }

  static func random(_ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { target, written in
      let done = unsafe RAND_bytes(target.baseAddress, Int32(count))
      precondition(done == 1, "the system gives no random bytes")
      written = count
    }
  }
}

extension TicketKeys {
  /// The callback of OpenSSL for writing and reading tickets: -1 failure, 0 no such key (so a full
  /// handshake), 1 go on, 2 go on and give the client a fresher ticket.
  func prepare(
    name: UnsafeMutablePointer<UInt8>, vector: UnsafeMutablePointer<UInt8>,
    cipher: OpaquePointer, mac: OpaquePointer, encrypting: Bool
  ) -> Int32 {
    guard encrypting else {
      guard let found = unsafe key(named: name) else { return 0 }
      let done = unsafe found.key.set(cipher, mac, vector, encrypting: false)
      return done ? (found.isOld ? 2 : 1) : -1
    }
    let key = current()
    guard unsafe RAND_bytes(vector, 16) == 1 else { return -1 }
    unsafe key.copyName(to: name)
    return unsafe key.set(cipher, mac, vector, encrypting: true) ? 1 : -1
  }
}
