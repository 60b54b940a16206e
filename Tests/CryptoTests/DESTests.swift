import Bytes
import Crypto
import Testing

@Suite struct `DES for old clients` {
  // FIPS 81, table C1; the padding block behind it is ours.
  @Test func `agrees with the standard's CBC example`() throws {
    let key = try #require(Hex.decode("0123456789abcdef"))
    let vector = try #require(Hex.decode("1234567890abcdef"))
    let des = try #require(DES(key: key, initialVector: vector))
    let ciphertext = des.encrypt(Array("Now is the time for all ".utf8))
    #expect(
      Hex.encode(ciphertext).hasPrefix("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6"))
    #expect(ciphertext.count == 32)
    #expect(des.decrypt(ciphertext) == Array("Now is the time for all ".utf8))
  }

  @Test func `agrees with a text that an old client signs`() throws {
    let des = try #require(
      DES(key: Array("1434344GoCoUrSe".utf8), initialVector: [1, 2, 3, 4, 5, 6, 7, 8]))
    let ciphertext = des.encrypt(Array(#"{"time":1434344951,"uuid":"uuid","type":"web"}"#.utf8))
    #expect(
      Base64.standard.encode(ciphertext)
        == "z0k8995rGMAex7LMZsiFCMpZXO+SR3rrm0MGZ0TorynZjy/nl/icga7eQYQLEy46")
  }

  @Test func `uses the first eight bytes of a longer key`() throws {
    let vector: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let long = try #require(DES(key: Array("1434344GoCoUrSe".utf8), initialVector: vector))
    let short = try #require(DES(key: Array("1434344G".utf8), initialVector: vector))
    for count in 0..<30 {
      let text = (0..<count).map { UInt8($0) }
      #expect(long.encrypt(text) == short.encrypt(text))
      #expect(short.decrypt(long.encrypt(text)) == text)
    }
  }

  @Test func `refuses a short key and a vector that is no block`() {
    #expect(DES(key: Array("1434344".utf8), initialVector: Array(repeating: 0, count: 8)) == nil)
    #expect(DES(key: Array("1434344G".utf8), initialVector: Array(repeating: 0, count: 7)) == nil)
  }

  @Test func `tells a wrong key by the padding, and refuses half blocks`() throws {
    let vector: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    let right = try #require(DES(key: Array("1434344G".utf8), initialVector: vector))
    let wrong = try #require(DES(key: Array("1763697G".utf8), initialVector: vector))
    let ciphertext = right.encrypt(Array(#"{"time":1434344951}"#.utf8))
    #expect(wrong.decrypt(ciphertext) == nil)
    #expect(right.decrypt(Array(ciphertext.dropLast())) == nil)
    #expect(right.decrypt([]) == nil)
  }
}
