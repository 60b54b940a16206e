import Primitives
import Testing

@Suite struct `A locked value` {
  @Test func `is touched by one thread at a time`() async {
    let total = Locked(0)
    await withTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<10_000 { total.withLock { $0 += 1 } }
        }
      }
    }
    #expect(total.withLock { $0 } == 80_000)
  }

  @Test func `is free again after an error`() {
    struct Failure: Error {}
    let value = Locked(1)
    #expect(throws: Failure.self) {
      try value.withLock { value in
        value = 2
        throw Failure()
      }
    }
    #expect(value.withLock { $0 } == 2)
  }

  @Test func `ends with its lock`() {
    final class Witness: Sendable {}
    weak var witness: Witness?
    do {
      let value = Witness()
      witness = value
      _ = Locked(value)
    }
    #expect(witness == nil)
  }
}
