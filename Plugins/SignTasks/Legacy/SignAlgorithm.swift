internal import Bytes
internal import Crypto

/// How begin and finish are signed.
enum SignAlgorithm: String, Sendable {
  /// No protection at all; the document's default.
  case table
  /// DES under a key that anybody can compute; for clients that exist.
  case geV1 = "GeV1"
  /// HMAC under the login token and then under the task's own key.
  case geV2 = "GeV2"

  /// The fields of a request beside its key.
  struct Context: Sendable {
    let sign: Int64
    let token: String
    /// Unix milliseconds.
    let now: Int64
  }

  static let longestKey = 4096

  /// The key if it can be read and `hash` fits; otherwise nil.
  func begin(_ key: String, hash: String, _ context: Context) -> BeginKey? {
    guard key.utf8.count <= SignAlgorithm.longestKey else { return nil }
    return switch self {
    case .table: PlainKeys.begin(key, hash: hash)
    case .geV1: GeV1.begin(key, hash: hash, at: context.now)
    case .geV2: GeV2.begin(key, hash: hash, context)
    }
  }

  func finish(_ key: String, signKey: String, sign: Int64) -> FinishKey? {
    guard key.utf8.count <= SignAlgorithm.longestKey else { return nil }
    return switch self {
    case .table: PlainKeys.finish(key)
    case .geV1: GeV1.finish(key, signKey: signKey)
    case .geV2: GeV2.finish(key, signKey: signKey, sign: sign)
    }
  }
}

/// `table`: fields between tabs.
enum PlainKeys {
  static func begin(_ key: String, hash: String) -> BeginKey? {
    let fields = fields(of: key)
    guard fields.count == 3, hash == fields.joined(), let time = Int64(fields[0]) else {
      return nil
    }
    return BeginKey(time: time, uuid: fields[1], type: fields[2])
  }

  static func finish(_ key: String) -> FinishKey? {
    let fields = fields(of: key)
    guard fields.count == 4, let status = Int64(fields[0]), let longitude = Double(fields[2]),
      let latitude = Double(fields[3])
    else { return nil }
    return FinishKey(
      status: status, uuid: fields[1], longitude: longitude, latitude: latitude)
  }

  private static func fields(of key: String) -> [String] {
    key.utf8.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
      .map { String(decoding: Array($0), as: UTF8.self) }
  }
}

/// `GeV1`: DES under the first eight bytes of a text that the clock gives.
enum GeV1 {
  private static let constant = "GoCoUrSe"
  private static let initialVector: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]

  static func begin(_ key: String, hash: String, at now: Int64) -> BeginKey? {
    guard let sealed = decoded(key) else { return nil }
    let instants = [now - 60_000, now, now + 60_000]
    guard let read = opened(sealed, buckets: buckets(instants, 1_000_000)) else { return nil }
    let wanted = hash.lowercased()
    let fits = buckets(instants, 10_000_000).contains { bucket in
      let text = "\(read.time)\(read.uuid)\(read.type)\(bucket)\(constant)"
      return isEqualInConstantTime(
        Array(Hex.encode(Digest.md5(text)).utf8), Array(wanted.utf8))
    }
    return fits ? read : nil
  }

  static func finish(_ key: String, signKey: String) -> FinishKey? {
    guard let sealed = decoded(key), let bytes = des(signKey)?.decrypt(sealed) else { return nil }
    return FinishKey(json: bytes)
  }

  private static func opened(_ sealed: [UInt8], buckets: [Int64]) -> BeginKey? {
    for bucket in buckets {
      if let bytes = des("\(bucket)")?.decrypt(sealed), let key = BeginKey(json: bytes) {
        return key
      }
    }
    return nil
  }

  private static func buckets(_ instants: [Int64], _ size: Int64) -> [Int64] {
    var found: [Int64] = []
    for instant in instants where found.last != instant / size { found.append(instant / size) }
    return found
  }

  private static func des(_ start: String) -> DES? {
    DES(key: Array("\(start)\(constant)".utf8), initialVector: initialVector)
  }

  /// Blanks and line breaks stand anywhere in the clients' Base64.
  private static func decoded(_ text: String) -> [UInt8]? {
    Base64.standard.decode(String(decoding: text.utf8.filter { $0 > 0x20 }, as: UTF8.self))
  }
}

/// `GeV2`: only the holder of the login token can begin, only who began can finish.
enum GeV2 {
  static func begin(_ key: String, hash: String, _ context: SignAlgorithm.Context) -> BeginKey? {
    let secret = Digest.sha256(context.token)
    guard isSigned("begin\n\(context.sign)\n\(key)", by: secret, hash),
      let bytes = Base64.url.decode(key)
    else { return nil }
    return BeginKey(json: bytes)
  }

  static func finish(_ key: String, signKey: String, sign: Int64) -> FinishKey? {
    let parts = key.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { String(decoding: Array($0), as: UTF8.self) }
    guard parts.count == 2,
      isSigned("finish\n\(sign)\n\(parts[0])", by: Array(signKey.utf8), parts[1]),
      let bytes = Base64.url.decode(parts[0])
    else { return nil }
    return FinishKey(json: bytes)
  }

  private static func isSigned(_ text: String, by secret: [UInt8], _ signature: String) -> Bool {
    guard let signature = Hex.decode(signature) else { return false }
    return isEqualInConstantTime(
      Digest.sha256.authenticate(Array(text.utf8), key: secret), signature)
  }
}
