internal import COpenSSL

/// Whether two secrets are equal, in a time that does not tell where they differ. Their lengths
/// are no secret.
public func isEqualInConstantTime(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
  guard one.count == other.count else { return false }
  return unsafe one.withUnsafeBytes { one in
    unsafe other.withUnsafeBytes { other in
      unsafe one.count == 0 || CRYPTO_memcmp(one.baseAddress, other.baseAddress, one.count) == 0
    }
  }
}

public func isEqualInConstantTime(_ one: [UInt8], _ other: [UInt8]) -> Bool {
  isEqualInConstantTime(one.span, other.span)
}
