import Bytes
import Testing

@Suite struct `Base64 text` {
  // RFC 4648, 10.
  static let examples = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ]

  @Test(arguments: examples) func `agrees with the standard's examples`(
    _ plain: String, _ encoded: String
  ) {
    let bytes = Array(plain.utf8)
    #expect(Base64.standard.encode(bytes) == encoded)
    #expect(Base64.standard.decode(encoded) == bytes)
    let bare = String(encoded.filter { $0 != "=" })
    #expect(Base64.url.encode(bytes) == bare)
    #expect(Base64.unpadded.decode(bare) == bytes)
  }

  @Test func `every length and every byte come back`() {
    for length in 0..<300 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
      #expect(Base64.standard.decode(Base64.standard.encode(bytes)) == bytes)
      #expect(Base64.url.decode(Base64.url.encode(bytes)) == bytes)
    }
  }

  @Test func `the two alphabets differ in their last two digits`() {
    #expect(Base64.standard.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
    #expect(Base64.url.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
    #expect(Base64.url.decode("+/+/") == nil)
    #expect(Base64.standard.decode("-_-_") == nil)
  }

  @Test(
    arguments: [
      "Zg", "Zg=", "Zg===", "Zg==Zg==", "=", "====", "Z===", "Z", "Zm9vYg==\n", "Zm 9v",
      "Zm9\u{e9}",
      "Zh==", "Zm9=", "Zm9vY=g=",
    ])
  func `anything but the one right spelling is refused`(_ text: String) {
    #expect(Base64.standard.decode(text) == nil)
  }

  @Test(arguments: ["Zg==", "Z", "Zh", "Zm9", "Zm9vY", "Zm9v="])
  func `padding and loose bits are refused without padding`(_ text: String) {
    #expect(Base64.url.decode(text) == nil)
  }

  @Test func `appends to a buffer`() {
    var buffer = ByteBuffer()
    buffer.append("Basic " as StaticString)
    let credentials = Array("Aladdin:open sesame".utf8)
    Base64.standard.append(credentials.span, to: &buffer)
    #expect(String(buffer) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
  }
}
