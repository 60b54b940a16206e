internal import Bytes
internal import COpenSSL

/// A password as it is stored: scrypt (RFC 7914) with its cost and salt in one text,
/// `$scrypt$ln=16,r=8,p=2$salt$hash`.
///
/// Making or checking one takes a third of a second and 64 MiB on purpose: never on an event loop,
/// and only a few at a time.
public struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
  /// The cost of a guess: `2^log2N` blocks of `128 * r` bytes, `p` times.
  public struct Cost: Sendable, Equatable {
    public var log2N: Int
    public var r: Int
    public var p: Int

    public static let standard = Cost(log2N: 16, r: 8, p: 2)

    public init(log2N: Int, r: Int, p: Int) {
      self.log2N = log2N
      self.r = r
      self.p = p
    }

    /// A stored text must not be able to ask for all memory or an hour of work.
    var isBearable: Bool {
      // RFC 7914 wants N below 2^(16 r); libcrypto refuses more.
      (1...20).contains(log2N) && (1...32).contains(r) && (1...16).contains(p)
        && log2N < 16 * r && 128 * r << log2N <= 256 << 20
    }
  }

  public let cost: Cost
  let salt: [UInt8]
  let hash: [UInt8]

  /// Hashes `password` with a fresh salt.
  public init(_ password: String, cost: Cost = .standard) {
    precondition(cost.isBearable, "a password hash of this cost could not be checked again")
    self.init(password, cost: cost, salt: Random.bytes(16))
  }

  init(_ password: String, cost: Cost, salt: [UInt8]) {
    self.cost = cost
    self.salt = salt
    hash = Self.scrypt(Array(password.utf8), salt: salt, cost: cost, byteCount: 32)
  }

  /// Reads a stored text; nil when it is no scrypt hash or asks for more than is bearable.
  public init?(stored text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
      let cost = Cost(parts[2]), cost.isBearable,
      let salt = Base64.unpadded.decode(String(parts[3])), (8...64).contains(salt.count),
      let hash = Base64.unpadded.decode(String(parts[4])), (16...64).contains(hash.count)
    else { return nil }
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// The text to store.
  public var description: String {
    let salt = Base64.unpadded.encode(salt)
    let hash = Base64.unpadded.encode(hash)
    return "$scrypt$ln=\(cost.log2N),r=\(cost.r),p=\(cost.p)$\(salt)$\(hash)"
  }

  public func matches(_ password: String) -> Bool {
    let guess = Self.scrypt(
      Array(password.utf8), salt: salt, cost: cost, byteCount: hash.count)
    return isEqualInConstantTime(guess, hash)
  }

  /// Whether it was made with another cost than today's, and should be made again at a login.
  public func needsRehash(for cost: Cost = .standard) -> Bool {
    self.cost != cost || hash.count != 32 || salt.count < 16
  }

  static func scrypt(
    _ password: [UInt8], salt: [UInt8], cost: Cost, byteCount: Int
  ) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { target, count in
      let room = UInt64(128 * cost.r) * ((1 << UInt64(cost.log2N)) + UInt64(cost.p) + 8)
      let done = unsafe password.withUnsafeBytes { password in
        unsafe EVP_PBE_scrypt(
          password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt,
          salt.count, 1 << UInt64(cost.log2N), UInt64(cost.r), UInt64(cost.p), room,
          target.baseAddress, byteCount)
      }
      precondition(done == 1, "no memory to hash a password")
      count = byteCount
    }
  }
}

extension PasswordHash.Cost {
  /// Reads `ln=16,r=8,p=2`, in that order and in plain decimal digits.
  fileprivate init?(_ text: Substring) {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 3, let log2N = Self.number(fields[0], after: "ln="),
      let r = Self.number(fields[1], after: "r="), let p = Self.number(fields[2], after: "p=")
    else { return nil }
    self.init(log2N: log2N, r: r, p: p)
  }

  private static func number(_ field: Substring, after name: String) -> Int? {
    let digits = field.dropFirst(name.count)
    guard field.hasPrefix(name), (1...3).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(digits)
  }
}
