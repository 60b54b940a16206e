internal import COpenSSL

#if canImport(CIPsecMB)
  internal import CIPsecMB
#endif

/// The libraries' ciphers, looked up once per context: a lookup costs more than a short record.
@safe final class RecordAlgorithms {
  private let aes128: OpaquePointer? = unsafe EVP_CIPHER_fetch(nil, "AES-128-GCM", nil)
  private let aes256: OpaquePointer? = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil)
  private let chacha20: OpaquePointer? = unsafe EVP_CIPHER_fetch(nil, "ChaCha20-Poly1305", nil)
  #if canImport(CIPsecMB)
    /// Nil where the processor lacks the instructions, and where libcrypto is to do everything.
    let fast: UnsafeMutablePointer<IMB_MGR>?
  #endif

  init(mayBeFast: Bool) {
    #if canImport(CIPsecMB)
      unsafe fast = mayBeFast ? muster_gcm_open() : nil
    #endif
  }

  deinit {
    unsafe EVP_CIPHER_free(aes128)
    unsafe EVP_CIPHER_free(aes256)
    unsafe EVP_CIPHER_free(chacha20)
    #if canImport(CIPsecMB)
      if let fast = unsafe fast { unsafe free_mb_mgr(fast) }
    #endif
  }

  func handle(_ suite: RecordSuite) -> OpaquePointer? {
    switch suite {
    case .aes128: unsafe aes128
    case .aes256: unsafe aes256
    case .chacha20: unsafe chacha20
    }
  }
}
