import Bytes
import Crypto
import Testing

@Suite struct `What nobody can guess` {
  @Test func `has the length that was asked for and never repeats`() {
    #expect(Random.bytes(0).isEmpty)
    #expect(Random.bytes(33).count == 33)
    #expect(Random.bytes(16) != Random.bytes(16))
  }

  @Test func `a token is 32 bytes in an alphabet that URLs and headers take`() {
    let token = Random.token()
    #expect(token.utf8.count == 43)
    #expect(Base64.url.decode(token)?.count == 32)
    #expect(token != Random.token())
  }

  @Test func `a token is looked up by its hash alone`() {
    #expect(
      Hex.encode(tokenHash("abc"))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func `a token in the spelling of older clients has the same hash`() throws {
    let token = Random.token()
    let bytes = try #require(Base64.url.decode(token))
    #expect(tokenHash(Hex.encode(bytes)) == tokenHash(token))
  }

  @Test func `a UUID is of version 4, in lower case, with four hyphens`() {
    for _ in 0..<100 {
      let uuid = Random.uuid()
      let fields = uuid.split(separator: "-").map(\.utf8.count)
      #expect(fields == [8, 4, 4, 4, 12])
      #expect(uuid == uuid.lowercased())
      let digits = Array(uuid)
      #expect(digits[14] == "4")
      #expect("89ab".contains(digits[19]))
    }
  }
}
