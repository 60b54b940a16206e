import Bytes
import Crypto
import Testing

@Suite struct `A digest` {
  static let abc = "abc"
  static let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

  // RFC 1321, A.5; FIPS 180-4 examples.
  @Test(
    arguments: [
      (Digest.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
      (.md5, abc, "900150983cd24fb0d6963f7d28e17f72"),
      (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      (.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
      (.sha1, abc, "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (.sha1, long, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
      (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (.sha256, abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (.sha256, long, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
      (
        .sha512, abc,
        """
        ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
        2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
        """
      ),
    ])
  func `agrees with the standards' examples`(_ digest: Digest, _ text: String, _ hex: String) {
    #expect(Hex.encode(digest(text)) == hex)
    #expect(Hex.encode(digest(Array(text.utf8))) == hex)
    #expect(digest.byteCount * 2 == hex.utf8.count)
  }

  // RFC 6455, 1.3.
  @Test func `makes the WebSocket accept key`() {
    let hash = Digest.sha1("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
    #expect(Base64.standard.encode(hash) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }
}

@Suite struct `Authentication by HMAC` {
  struct Example: Sendable {
    var key: [UInt8]
    var data: [UInt8]
    var sha256: String
  }

  // RFC 4231, 4.2 to 4.4, 4.7 and 4.8.
  static let examples = [
    Example(
      key: Array(repeating: 0x0B, count: 20), data: Array("Hi There".utf8),
      sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Example(
      key: Array("Jefe".utf8), data: Array("what do ya want for nothing?".utf8),
      sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Example(
      key: Array(repeating: 0xAA, count: 20), data: Array(repeating: 0xDD, count: 50),
      sha256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Example(
      key: Array(repeating: 0xAA, count: 131),
      data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    Example(
      key: Array(repeating: 0xAA, count: 131),
      data: Array(
        """
        This is a test using a larger than block-size key and a larger than block-size data. \
        The key needs to be hashed before being used by the HMAC algorithm.
        """.utf8),
      sha256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
  ]

  @Test(arguments: examples) func `agrees with RFC 4231`(_ example: Example) {
    let code = Digest.sha256.authenticate(example.data, key: example.key)
    #expect(Hex.encode(code) == example.sha256)
  }

  // RFC 2202, 3.
  @Test func `agrees with RFC 2202 for SHA-1`() {
    let code = Digest.sha1.authenticate(
      Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    #expect(Hex.encode(code) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
  }

  @Test func `takes an empty key and an empty message`() {
    #expect(
      Hex.encode(Digest.sha256.authenticate([], key: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    let other = Digest.sha256.authenticate([1], key: [7])
    #expect(Digest.sha256.authenticate([1], key: []) != other)
  }
}

@Suite struct `Comparison in constant time` {
  @Test func `tells equal from different`() {
    #expect(isEqualInConstantTime([1, 2, 3], [1, 2, 3]))
    #expect(!isEqualInConstantTime([1, 2, 3], [1, 2, 4]))
    #expect(!isEqualInConstantTime([1, 2, 3], [1, 2]))
    #expect(isEqualInConstantTime([], []))
  }
}
