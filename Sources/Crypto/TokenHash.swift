internal import Bytes

/// How a token is kept and looked up: its SHA-256. A token is random, so it needs neither salt nor
/// a slow hash; a stolen table is still of no use.
///
/// Clients of older systems hold the 32 bytes of a token as 64 hexadecimal digits. Both spellings
/// have one hash.
public func tokenHash(_ token: String) -> [UInt8] {
  guard token.utf8.count == 64, let bytes = Hex.decode(token) else { return Digest.sha256(token) }
  return Digest.sha256(Base64.url.encode(bytes))
}
