internal import COpenSSL
internal import Glibc
public import Loop

/// The self-made certificate for `localhost` that a first start needs, kept in a folder.
///
/// A pair that somebody else put there (under the same names) is used as it is and never replaced.
public struct DevelopmentCertificate: Sendable {
  /// Browsers refuse certificates that are good for more than 398 days.
  static let lifetime: Int64 = 397 * 86_400
  /// It is made anew when it has less than this left.
  static let renewal: Int64 = 30 * 86_400

  private let folder: String
  private let time: any TimeSource

  public init(folder: String, time: any TimeSource = SystemTime()) {
    self.folder = folder
    self.time = time
  }

  /// The pair, which need not exist yet.
  public var pair: CertificatePair {
    CertificatePair(
      certificatePath: "\(folder)/localhost.crt", keyPath: "\(folder)/localhost.key")
  }

  /// Makes the pair if it is missing, broken or about to expire; true when it made one. Any number
  /// of processes may do this at once: one makes it, the others wait and use it.
  @discardableResult
  public func prepare() throws(TLSError) -> Bool {
    guard unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw refused(folder) }
    let lock = try open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC)
    defer { close(lock) }
    // Gone with the descriptor, so also when the process dies.
    while flock(lock, LOCK_EX) != 0 {
      guard errno == EINTR else { throw refused("\(folder)/.lock") }
    }
    guard try needsMaking() else { return false }
    try make()
    return true
  }

  private func needsMaking() throws(TLSError) -> Bool {
    let hasCertificate = unsafe access(pair.certificatePath, F_OK) == 0
    let hasKey = unsafe access(pair.keyPath, F_OK) == 0
    guard hasCertificate else {
      if !hasKey { return true }
      throw TLSError(.certificate, "\(pair.keyPath) has no certificate beside it")
    }
    guard try isOurs() else {
      _ = try Identity(reading: pair)
      return false
    }
    // Ours, but the key is missing or another's: what exactly is wrong does not matter.
    guard let identity = try? Identity(reading: pair) else { return true }
    return identity.secondsLeft(at: now) < Self.renewal
  }

  private var now: Int64 { time.unixMilliseconds / 1000 }

  /// Whether the certificate was made here, going by its owner's name.
  private func isOurs() throws(TLSError) -> Bool {
    guard let file = unsafe BIO_new_file(pair.certificatePath, "r") else {
      throw .taken(.certificate, pair.certificatePath)
    }
    defer { unsafe BIO_free(file) }
    guard let certificate = unsafe PEM_read_bio_X509(file, nil, nil, nil) else {
      throw .taken(.certificate, "\(pair.certificatePath) has no certificate")
    }
    defer { unsafe X509_free(certificate) }
    var name = [CChar](repeating: 0, count: 64)
    let length = unsafe X509_NAME_get_text_by_NID(
      X509_get_subject_name(certificate), NID_commonName, &name, 64)
    let text = name.prefix(Int(max(length, 0))).map { UInt8(bitPattern: $0) }
    return String(decoding: text, as: UTF8.self)
      == SelfSigned.Recipe(notBefore: 0, notAfter: 0).owner
  }

  /// The certificate goes first: it says whose the pair is, so when a start is cut off between the
  /// two files, the next one knows that it may make both again.
  private func make() throws(TLSError) {
    // An hour in the past, for clients whose clock is slow.
    let made = try SelfSigned(
      SelfSigned.Recipe(notBefore: now - 3600, notAfter: now - 3600 + Self.lifetime))
    try write(made.certificate, to: pair.certificatePath, mode: 0o644)
    try write(made.key, to: pair.keyPath, mode: 0o600)
  }

  /// Writes beside the target and renames: nobody ever reads half a file, and the mode is right
  /// from the first moment because O_EXCL makes the file here and now.
  private func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(TLSError) {
    let draft = "\(path).new"
    unsafe unlink(draft)
    let file = try open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    let written = unsafe Glibc.write(file, bytes, bytes.count)
    let isSafe = written == bytes.count && fsync(file) == 0
    close(file)
    guard isSafe, unsafe rename(draft, path) == 0 else { throw refused(path) }
  }

  private func open(
    _ path: String, _ flags: Int32, _ mode: mode_t = 0o600
  ) throws(TLSError) -> Int32 {
    let file = unsafe Glibc.open(path, flags, mode)
    guard file >= 0 else { throw refused(path) }
    return file
  }

  private func refused(_ path: String) -> TLSError {
    TLSError(.certificate, unsafe "\(path): \(String(cString: strerror(errno)))")
  }
}
