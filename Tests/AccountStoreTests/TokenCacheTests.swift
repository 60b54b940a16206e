import PluginKit
import Testing

@testable import AccountStore

@Suite struct TokenCacheTests {
  private let li = Identity(account: 7, name: "li", roles: .student)
  private let digest = TokenDigest("text")
  private var cache = TokenCache(capacity: 3, freshForMilliseconds: 3000)

  @Test mutating func `an answer is good for some seconds`() {
    cache.insert(digest, li, expiresAt: 1_000_000, asked: cache.generation, at: 0)
    #expect(cache.identity(digest, at: 2999) == li)
    #expect(cache.identity(digest, at: 3000) == nil)
  }

  @Test mutating func `an answer does not outlive its token`() {
    cache.insert(digest, li, expiresAt: 1000, asked: cache.generation, at: 0)
    #expect(cache.identity(digest, at: 999) == li)
    #expect(cache.identity(digest, at: 1000) == nil)
  }

  @Test mutating func `an answer that was under way during a revocation is not kept`() {
    let asked = cache.generation
    cache.remove(digest)
    cache.insert(digest, li, expiresAt: 1_000_000, asked: asked, at: 0)
    #expect(cache.identity(digest, at: 0) == nil)
  }

  @Test mutating func `a revoked account takes all its tokens along`() {
    cache.insert(digest, li, expiresAt: 1_000_000, asked: cache.generation, at: 0)
    cache.remove(account: 8)
    #expect(cache.identity(digest, at: 0) == li)
    cache.remove(account: 7)
    #expect(cache.identity(digest, at: 0) == nil)
  }

  @Test mutating func `it never holds more than it may`() {
    for number in 0..<50 {
      cache.insert(
        TokenDigest("\(number)"), li, expiresAt: 1_000_000, asked: cache.generation, at: 0)
      #expect(cache.count <= 3)
    }
    #expect(cache.identity(TokenDigest("49"), at: 0) == li)
  }
}
