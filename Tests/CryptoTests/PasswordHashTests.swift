import Bytes
import Testing

@testable import Crypto

@Suite struct `A password hash` {
  static let cheap = PasswordHash.Cost(log2N: 4, r: 8, p: 1)

  // RFC 7914, 12.
  @Test(
    arguments: [
      (
        "", "", 4, 1, 1,
        """
        77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
        fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
        """
      ),
      (
        "password", "NaCl", 10, 8, 16,
        """
        fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
        2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
        """
      ),
      (
        "pleaseletmein", "SodiumChloride", 14, 8, 1,
        """
        7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
        d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
        """
      ),
    ])
  func `agrees with RFC 7914`(
    _ password: String, _ salt: String, _ log2N: Int, _ r: Int, _ p: Int, _ hex: String
  ) {
    let hash = PasswordHash.scrypt(
      Array(password.utf8), salt: Array(salt.utf8),
      cost: PasswordHash.Cost(log2N: log2N, r: r, p: p), byteCount: 64)
    #expect(Hex.encode(hash) == hex)
  }

  @Test func `knows its password again after it was stored`() throws {
    let text = PasswordHash("课堂 correct horse", cost: Self.cheap).description
    #expect(text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
    let stored = try #require(PasswordHash(stored: text))
    #expect(stored.description == text)
    #expect(stored.matches("课堂 correct horse"))
    #expect(!stored.matches("课堂 correct horsf"))
    #expect(!stored.matches(""))
  }

  @Test func `has a salt of its own each time`() {
    let one = PasswordHash("same", cost: Self.cheap)
    let other = PasswordHash("same", cost: Self.cheap)
    #expect(one.description != other.description)
  }

  @Test func `costs 64 MiB twice over unless told otherwise`() throws {
    let hash = PasswordHash("x")
    #expect(hash.description.hasPrefix("$scrypt$ln=16,r=8,p=2$"))
    #expect(hash.matches("x"))
    #expect(!hash.needsRehash())
    #expect(PasswordHash("x", cost: Self.cheap).needsRehash())
  }

  static let salt = "c2FsdHNhbHRzYWx0c2FsdA"
  static let hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

  @Test func `is read from its stored form`() {
    #expect(PasswordHash(stored: "$scrypt$ln=16,r=8,p=2$\(Self.salt)$\(Self.hash)") != nil)
  }

  @Test(
    arguments: [
      "", "plain", "$scrypt$", "scrypt$ln=4,r=8,p=1$\(salt)$\(hash)",
      "$bcrypt$ln=4,r=8,p=1$\(salt)$\(hash)", "$scrypt$ln=4,r=8$\(salt)$\(hash)",
      "$scrypt$ln=4,p=1,r=8$\(salt)$\(hash)", "$scrypt$ln=+4,r=8,p=1$\(salt)$\(hash)",
      "$scrypt$ln=4,r=8,p=1$\(salt)", "$scrypt$ln=4,r=8,p=1$\(salt)$\(hash)$",
      "$scrypt$ln=4,r=8,p=1$c2Fs$\(hash)", "$scrypt$ln=4,r=8,p=1$\(salt)$AAAA",
      "$scrypt$ln=4,r=8,p=1$\(salt)=$\(hash)",
    ])
  func `is not read from anything else`(_ text: String) {
    #expect(PasswordHash(stored: text) == nil)
  }

  @Test(
    arguments: [
      "ln=0,r=8,p=1", "ln=21,r=1,p=1", "ln=63,r=8,p=1", "ln=16,r=0,p=1", "ln=16,r=8,p=0",
      "ln=19,r=8,p=1", "ln=4,r=33,p=1", "ln=4,r=8,p=17", "ln=4,r=8,p=99999999999999999999",
    ])
  func `never asks for more memory or time than is bearable`(_ cost: String) {
    #expect(PasswordHash(stored: "$scrypt$\(cost)$\(Self.salt)$\(Self.hash)") == nil)
  }

  @Test func `a cost that the library refuses is none that a stored text may have`() {
    let salt = String(repeating: "A", count: 22)
    let hash = String(repeating: "A", count: 43)
    #expect(PasswordHash(stored: "$scrypt$ln=15,r=1,p=1$\(salt)$\(hash)") != nil)
    #expect(PasswordHash(stored: "$scrypt$ln=16,r=1,p=1$\(salt)$\(hash)") == nil)
  }
}
