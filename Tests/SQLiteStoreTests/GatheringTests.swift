import Testing

@testable import SQLiteStore

@Suite struct GatheringTests {
  private func learned(_ sizes: [Int], commit: Duration) -> Gathering {
    var gathering = Gathering()
    for size in sizes { gathering.note(size: size, time: commit) }
    return gathering
  }

  @Test func `a lone caller never waits`() {
    let gathering = learned(Array(repeating: 1, count: 50), commit: .milliseconds(5))
    #expect(gathering.patience(with: 1) == .zero)
    #expect(Gathering().patience(with: 1) == .zero)
  }

  @Test func `on a slow disk the first who comes back waits for the others, a part of a commit`() {
    let gathering = learned(Array(repeating: 64, count: 50), commit: .milliseconds(4))
    #expect(gathering.patience(with: 1) > .microseconds(900))
    #expect(gathering.patience(with: 1) <= .milliseconds(1))
    #expect(gathering.patience(with: 64) == .zero)
    #expect(!gathering.isComplete(63))
    #expect(gathering.isComplete(64))
  }

  @Test func `on a fast disk nobody waits`() {
    let gathering = learned(Array(repeating: 64, count: 50), commit: .microseconds(200))
    #expect(gathering.patience(with: 1) == .zero)
  }

  @Test func `callers who went away are waited for once`() {
    let gathering = learned([64, 64, 64, 3], commit: .milliseconds(4))
    #expect(gathering.patience(with: 3) == .zero)
  }
}
