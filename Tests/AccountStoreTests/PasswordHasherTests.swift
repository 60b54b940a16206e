import Crypto
import PluginKit
import Testing

@testable import AccountStore

@Suite(.timeLimit(.minutes(3))) struct PasswordHasherTests {
  private static let cost = PasswordHash.Cost(log2N: 4, r: 1, p: 1)

  @Test func `what has begun is hashed before the end, what waits is refused`() async throws {
    let hasher = PasswordHasher(
      lanes: 1, waiting: 4, cost: PasswordHash.Cost(log2N: 12, r: 8, p: 1))
    // Each runs until its first wait at once, so that all are known to the hasher then.
    let hashes = (0..<3).map { _ in
      Task.immediate { try await hasher.hash("secret", for: nil) }
    }
    hasher.stop()
    #expect(try await hashes[0].value.hasPrefix("$scrypt$"))
    for hash in hashes.dropFirst() {
      await #expect(throws: PluginError.self) { try await hash.value }
    }
  }

  @Test func `a hash that is told leaves its thread free`() async throws {
    let hasher = PasswordHasher(lanes: 1, waiting: 0, cost: PasswordHasherTests.cost)
    for _ in 0..<2000 { _ = try await hasher.hash("secret", for: nil) }
    hasher.stop()
  }

  @Test func `no hash waits for ever that comes while the threads end`() async {
    for _ in 0..<300 {
      let hasher = PasswordHasher(lanes: 2, waiting: 8, cost: PasswordHasherTests.cost)
      await withTaskGroup { group in
        for _ in 0..<6 {
          group.addTask { _ = try? await hasher.hash("secret", for: nil) }
        }
        group.addTask { hasher.stop() }
      }
    }
  }
}
