internal import Loop

/// Seals or opens the records of one direction, one sequence number after the other.
@safe struct RecordCipher: ~Copyable {
  static let tagLength = 16

  private let key: RecordKey
  private var nonceHead: UInt32 = 0
  private var nonceTail: UInt64 = 0
  private(set) var sequence: UInt64
  private var secret: TrafficSecret
  private let suite: RecordSuite

  /// Nil when no library has the suite.
  init?(
    _ suite: RecordSuite, _ algorithms: RecordAlgorithms, _ secret: consuming TrafficSecret,
    sealing: Bool, sequence: UInt64
  ) {
    guard let key = RecordKey(suite, algorithms, sealing: sealing) else { return nil }
    self.key = key
    self.secret = secret
    self.suite = suite
    self.sequence = sequence
    setKey()
  }

  var landmark: Landmark? { key.landmark }

  /// Goes on with the next key, from sequence number zero.
  mutating func advance() {
    secret.advance()
    sequence = 0
    setKey()
  }

  private mutating func setKey() {
    unsafe secret.withExpanded("key", suite.keyLength) { unsafe key.set($0) }
    var vector: (UInt32, UInt64) = (0, 0)
    unsafe secret.withExpanded("iv", 12) { bytes in
      let bytes = unsafe UnsafeRawPointer(bytes)
      vector.0 = unsafe bytes.loadUnaligned(as: UInt32.self)
      vector.1 = unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
    }
    (nonceHead, nonceTail) = vector
  }

  /// RFC 8446, 5.3: the vector with the sequence number mixed into its end.
  @inline(__always) private mutating func nextNonce() -> [3 of UInt32] {
    let tail = nonceTail ^ sequence.bigEndian
    sequence += 1
    return [nonceHead, UInt32(truncatingIfNeeded: tail), UInt32(truncatingIfNeeded: tail >> 32)]
  }

  /// Writes a whole record: encrypts `content` and the byte that says its type (RFC 8446, 5.2)
  /// straight from where they are to behind `header`, which is authenticated, and adds the tag.
  @inline(__always) mutating func seal(
    _ content: UnsafeRawBufferPointer, type: UInt8, header: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let nonce = nextNonce()
    return unsafe withUnsafeBytes(of: nonce) { nonce in
      let nonce = unsafe nonce.bindMemory(to: UInt8.self)
      guard let nonce = nonce.baseAddress else { return false }
      return unsafe key.seal(content, type: type, header: header, nonce: nonce)
    }
  }

  /// Decrypts a record of `count` bytes (with tag, without header) into `target`; false when it is
  /// not what the peer sent next.
  mutating func open(
    header: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let nonce = nextNonce()
    return unsafe withUnsafeBytes(of: nonce) { nonce in
      let nonce = unsafe nonce.bindMemory(to: UInt8.self)
      guard let nonce = nonce.baseAddress else { return false }
      return unsafe key.open(header: header, count: count, into: target, nonce: nonce)
    }
  }
}
