internal import COpenSSL
internal import Loop

/// The keys that session tickets are sealed with: one for new tickets, and the one before it for
/// tickets still around.
///
/// A ticket holds the whole session, so no server memory is needed to resume it, and every worker
/// can. The keys outlive a reload of certificates. Dropping them after a while keeps old
/// recordings safe from whoever finds a key later.
final class TicketKeys: Sendable {
  /// How long a key makes new tickets; it opens them for as long again.
  static let period: UInt64 = 6 * 3600 * 1_000_000_000

  /// RFC 5077, 4: a name to find the key by, a key to encrypt, a key to authenticate.
  struct Key: Sendable, Equatable {
    var name = TicketKeys.random(16)
    var cipher = TicketKeys.random(32)
    var mac = TicketKeys.random(32)
  }

  private struct State: Sendable {
    var current = Key()
    var previous: Key?
    var madeAt: UInt64
  }

  private let time: any TimeSource
  private let state: Locked<State>

  init(time: any TimeSource) {
    self.time = time
    state = Locked(State(madeAt: time.monotonic))
  }

  /// The key for new tickets.
  func current() -> Key { rotated().current }

  /// The key that made a ticket; the flag says whether a fresher ticket should replace it.
  func key(named name: UnsafePointer<UInt8>) -> (key: Key, isOld: Bool)? {
    let state = rotated()
    if unsafe Self.isSame(state.current.name, name) { return (state.current, false) }
    guard let previous = state.previous, unsafe Self.isSame(previous.name, name) else { return nil }
    return (previous, true)
  }

  private func rotated() -> State {
    let now = time.monotonic
    return state.withLock { state in
      let age = now - state.madeAt
      guard age >= Self.period else { return state }
      state.previous = age < 2 * Self.period ? state.current : nil
      state.current = Key()
      state.madeAt = now
      return state
    }
  }

  private static func isSame(_ one: [UInt8], _ other: UnsafePointer<UInt8>) -> Bool {
    unsafe CRYPTO_memcmp(one, other, one.count) == 0
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
    for index in 0..<16 { unsafe name[index] = key.name[index] }
    return unsafe key.set(cipher, mac, vector, encrypting: true) ? 1 : -1
  }
}

extension TicketKeys.Key {
  fileprivate func set(
    _ context: OpaquePointer, _ mac: OpaquePointer, _ vector: UnsafePointer<UInt8>,
    encrypting: Bool
  ) -> Bool {
    let direction: Int32 = encrypting ? 1 : 0
    return unsafe EVP_CipherInit_ex(context, EVP_aes_256_cbc(), nil, cipher, vector, direction) == 1
      && muster_mac_set_key(mac, self.mac, self.mac.count) == 1
  }
}
