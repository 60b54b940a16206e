internal import COpenSSL

/// libcrypto's ciphers for one key of any suite.
@safe struct LibcryptoAEAD: ~Copyable {
  // Keyed once; each record only brings its nonce. One context per thread, keyed anew for each
  // record, would save a kilobyte per direction and add half to the time of a short record.
  private let context: OpaquePointer

  init?(_ suite: RecordSuite, _ algorithms: RecordAlgorithms, sealing: Bool) {
    guard let cipher = unsafe algorithms.handle(suite), let context = unsafe EVP_CIPHER_CTX_new()
    else { return nil }
    guard unsafe EVP_CipherInit_ex(context, cipher, nil, nil, nil, sealing ? 1 : 0) == 1 else {
      unsafe EVP_CIPHER_CTX_free(context)
      return nil
    }
    unsafe self.context = context
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  func set(_ key: UnsafePointer<UInt8>) {
    let isSet = unsafe EVP_CipherInit_ex(context, nil, nil, key, nil, -1) == 1
    precondition(isSet, "libcrypto refused a traffic key")
  }

  @inline(__always) private func set(nonce: UnsafePointer<UInt8>) -> Bool {
    unsafe EVP_CipherInit_ex(context, nil, nil, nil, nonce, -1) == 1
  }

  func seal(
    _ content: UnsafeRawBufferPointer, type: UInt8, header: UnsafeMutablePointer<UInt8>,
    nonce: UnsafePointer<UInt8>
  ) -> Bool {
    let count = content.count
    let source = unsafe content.baseAddress?.assumingMemoryBound(to: UInt8.self)
    let body = unsafe header + 5
    let tag = unsafe body + count + 1
    var type = type
    var length: Int32 = 0
    return unsafe set(nonce: nonce)
      && EVP_EncryptUpdate(context, nil, &length, header, 5) == 1
      && (count == 0 || EVP_EncryptUpdate(context, body, &length, source, Int32(count)) == 1)
      && EVP_EncryptUpdate(context, body + count, &length, &type, 1) == 1
      && EVP_EncryptFinal_ex(context, tag, &length) == 1
      && EVP_CIPHER_CTX_ctrl(
        context, EVP_CTRL_AEAD_GET_TAG, Int32(RecordCipher.tagLength), tag) == 1
  }

  func open(
    header: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>,
    nonce: UnsafePointer<UInt8>
  ) -> Bool {
    let inner = count - RecordCipher.tagLength
    let body = unsafe header + 5
    var length: Int32 = 0
    // libcrypto only reads the tag, but its control call takes any kind of argument.
    let tag = unsafe UnsafeMutablePointer(mutating: body + inner)
    return unsafe set(nonce: nonce)
      && EVP_CIPHER_CTX_ctrl(
        context, EVP_CTRL_AEAD_SET_TAG, Int32(RecordCipher.tagLength), tag) == 1
      && EVP_DecryptUpdate(context, nil, &length, header, 5) == 1
      && EVP_DecryptUpdate(context, target, &length, body, Int32(inner)) == 1
      && EVP_DecryptFinal_ex(context, target + inner, &length) == 1
  }
}
