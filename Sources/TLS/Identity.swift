internal import COpenSSL
internal import Glibc

/// A certificate chain and its key, each a PEM file.
public struct CertificatePair: Sendable, Hashable {
  public var certificatePath: String
  public var keyPath: String

  public init(certificatePath: String, keyPath: String) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
  }
}

/// A pair that was read and found good: the key fits, and libssl can use both.
@safe final class Identity {
  enum Kind: Equatable { case ecdsa, rsa }

  let pair: CertificatePair
  // Has a value from the start, so that `deinit` cleans up after a pair that is refused below.
  private(set) var kind = Kind.ecdsa
  let certificate: OpaquePointer
  let key: OpaquePointer
  // The authorities' certificates that are sent along; nil when the file has none.
  let chain: OpaquePointer?

  init(reading pair: CertificatePair) throws(TLSError) {
    self.pair = pair
    var chain: OpaquePointer?
    let certificate = unsafe try Self.readCertificates(pair.certificatePath, &chain)
    unsafe self.certificate = certificate
    unsafe self.chain = chain
    do throws(TLSError) {
      unsafe key = try Self.readKey(pair.keyPath)
    } catch {
      unsafe X509_free(certificate)
      unsafe muster_chain_free(chain)
      throw error
    }
    switch unsafe EVP_PKEY_get_base_id(key) {
    case EVP_PKEY_EC: kind = .ecdsa
    case EVP_PKEY_RSA: kind = .rsa
    default: throw TLSError(.certificate, "\(pair.keyPath): the key is neither ECDSA nor RSA")
    }
    guard unsafe X509_check_private_key(certificate, key) == 1 else {
      ERR_clear_error()
      throw TLSError(
        .certificate, "\(pair.keyPath) is not the key of \(pair.certificatePath)")
    }
  }

  deinit {
    unsafe X509_free(certificate)
    unsafe EVP_PKEY_free(key)
    unsafe muster_chain_free(chain)
  }

  /// Whether the certificate is for `name`; a wildcard counts only when it is asked for.
  func serves(_ name: UnsafePointer<CChar>, wildcards: Bool) -> Bool {
    let flags = wildcards ? 0 : UInt32(X509_CHECK_FLAG_NO_WILDCARDS)
    return unsafe X509_check_host(certificate, name, strlen(name), flags, nil) == 1
  }

  var fingerprint: [UInt8] { unsafe Self.fingerprint(of: certificate) }

  /// The SHA-256 of a certificate's DER form.
  static func fingerprint(of certificate: OpaquePointer?) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: 32) { target, count in
      let done = unsafe X509_digest(certificate, EVP_sha256(), target.baseAddress, nil)
      count = done == 1 ? 32 : 0
    }
  }

  /// Warnings about a usable pair, for the operator. `now` in seconds since 1970.
  func warnings(at now: Int64) -> [String] {
    var warnings: [String] = []
    let left = secondsLeft(at: now)
    if left <= 0 {
      warnings.append("\(pair.certificatePath) has expired")
    } else if left < 14 * 86_400 {
      warnings.append("\(pair.certificatePath) expires in \(left / 86_400) days")
    }
    var status = stat()
    if unsafe stat(pair.keyPath, &status) == 0, status.st_mode & 0o007 != 0 {
      warnings.append("\(pair.keyPath) can be read by everybody on this machine")
    }
    return warnings
  }

  /// How long the certificate is still good; negative when it was good before.
  func secondsLeft(at now: Int64) -> Int64 {
    var days: Int32 = 0
    var seconds: Int32 = 0
    let epoch = unsafe ASN1_TIME_set(nil, Int(now))
    defer { unsafe ASN1_STRING_free(epoch) }
    guard unsafe ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notAfter(certificate)) == 1
    else { return 0 }
    return Int64(days) * 86_400 + Int64(seconds)
  }
}

extension Identity {
  private static func readCertificates(
    _ path: String, _ chain: inout OpaquePointer?
  ) throws(TLSError) -> OpaquePointer {
    guard let file = unsafe BIO_new_file(path, "r") else { throw .taken(.certificate, path) }
    defer { unsafe BIO_free(file) }
    guard let certificate = unsafe PEM_read_bio_X509_AUX(file, nil, nil, nil) else {
      throw .taken(.certificate, "\(path) has no certificate")
    }
    while let next = unsafe PEM_read_bio_X509(file, nil, nil, nil) {
      unsafe chain = muster_chain_adding(chain, next)
    }
    // The end of the file is an error to the PEM reader.
    ERR_clear_error()
    return unsafe certificate
  }

  private static func readKey(_ path: String) throws(TLSError) -> OpaquePointer {
    guard let file = unsafe BIO_new_file(path, "r") else { throw .taken(.certificate, path) }
    defer { unsafe BIO_free(file) }
    // Answers "no password" where OpenSSL would ask on the terminal.
    guard let key = unsafe PEM_read_bio_PrivateKey(file, nil, { _, _, _, _ in -1 }, nil) else {
      throw .taken(.certificate, "\(path) has no key, or an encrypted one")
    }
    return unsafe key
  }
}
