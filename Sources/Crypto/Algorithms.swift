internal import COpenSSL

/// libcrypto's algorithms, looked up once: the lookup costs more than hashing a short text.
// Sendable: the handles are fetched in init and then only read; they live as long as the process.
@safe final class Algorithms: @unchecked Sendable {
  static let shared = Algorithms()

  let md5: OpaquePointer?
  let sha1: OpaquePointer?
  let sha256: OpaquePointer?
  let sha512: OpaquePointer?
  let tripleDES: OpaquePointer?

  private init() {
    unsafe md5 = EVP_MD_fetch(nil, "MD5", nil)
    unsafe sha1 = EVP_MD_fetch(nil, "SHA1", nil)
    unsafe sha256 = EVP_MD_fetch(nil, "SHA2-256", nil)
    unsafe sha512 = EVP_MD_fetch(nil, "SHA2-512", nil)
    unsafe tripleDES = EVP_CIPHER_fetch(nil, "DES-EDE3-CBC", nil)
    ERR_clear_error()
  }
}
