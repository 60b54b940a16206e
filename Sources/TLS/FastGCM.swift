#if canImport(CIPsecMB)
  internal import CIPsecMB
  internal import COpenSSL
  internal import Loop

  /// AES-GCM under one key by Intel's library for the encryption of packets: no objects, one call
  /// per record. A record of 64 bytes takes 0.05 instead of 0.24 µs, one of 16 KiB 1.4 instead
  /// of 3.5.
  @safe struct FastGCM: ~Copyable {
    private let functions: UnsafeMutablePointer<IMB_MGR>
    // The round keys, and the powers of the hash key.
    private let key: UnsafeMutableRawPointer
    private let isLong: Int32

    /// Nil where the processor lacks the instructions.
    init?(_ algorithms: RecordAlgorithms, isLong: Bool) {
      guard let functions = unsafe algorithms.fast else { return nil }
      unsafe self.functions = functions
      self.isLong = isLong ? 1 : 0
      unsafe key = .allocate(byteCount: Self.size, alignment: Self.alignment)
      unsafe key.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size)
    }

    private static var size: Int { MUSTER_GCM_KEY_SIZE }
    private static var alignment: Int { MUSTER_GCM_KEY_ALIGNMENT }

    deinit {
      unsafe OPENSSL_cleanse(key, Self.size)
      unsafe key.deallocate()
    }

    var landmark: Landmark { unsafe Landmark(key) }

    func set(_ bytes: UnsafePointer<UInt8>) {
      unsafe muster_gcm_set_key(functions, isLong, bytes, key)
    }

    @inline(__always) func seal(
      _ content: UnsafeRawBufferPointer, type: UInt8, header: UnsafeMutablePointer<UInt8>,
      nonce: UnsafePointer<UInt8>
    ) {
      unsafe muster_gcm_seal(
        functions, isLong, key, nonce, header,
        content.baseAddress?.assumingMemoryBound(to: UInt8.self), content.count, type)
    }

    @inline(__always) func open(
      header: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>,
      nonce: UnsafePointer<UInt8>
    ) -> Bool {
      let inner = count - RecordCipher.tagLength
      var tag: [16 of UInt8] = .init(repeating: 0)
      return unsafe withUnsafeMutableBytes(of: &tag) { tag in
        unsafe muster_gcm_open_record(
          functions, isLong, key, nonce, header, inner, target,
          tag.baseAddress?.assumingMemoryBound(to: UInt8.self))
        return unsafe CRYPTO_memcmp(tag.baseAddress, header + 5 + inner, tag.count) == 0
      }
    }
  }
#endif
