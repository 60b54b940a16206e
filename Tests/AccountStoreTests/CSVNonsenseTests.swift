import Testing

@testable import AccountStore

@Suite struct CSVNonsenseTests {
  /// What came of a file, read in portions of `step` bytes.
  private func outcome(_ bytes: [UInt8], step: Int) -> ([CSVRecord], CSVError?) {
    var parser = CSVParser()
    var records: [CSVRecord] = []
    do {
      for start in stride(from: 0, to: bytes.count, by: step) {
        parser.append(Array(bytes[start..<min(start + step, bytes.count)]))
        while let record = try parser.next() { records.append(record) }
      }
      parser.finish()
      while let record = try parser.next() { records.append(record) }
      return (records, nil)
    } catch {
      return (records, error)
    }
  }

  @Test func `nonsense in any portions comes out the same, with lines that exist`() {
    var random = Dice(seed: 7)
    let words: [[UInt8]] = [
      [0x22], [0x2C], [13], [10], [13, 10], Array("text".utf8), [0xE4, 0xB8], [0xAD],
      [0xEF, 0xBB, 0xBF], [0xFF], [0x22, 0x22],
    ]
    for _ in 0..<2000 {
      let count = random.next(20)
      let bytes = (0..<count).flatMap { _ in words[random.next(words.count)] }
      let whole = outcome(bytes, step: max(1, bytes.count))
      let lines = 1 + bytes.count { $0 == 10 || $0 == 13 }
      for step in 1...3 {
        let pieces = outcome(bytes, step: step)
        #expect(pieces.0 == whole.0 && pieces.1 == whole.1, "\(bytes)")
      }
      #expect(whole.0.allSatisfy { (1...lines).contains($0.line) }, "\(bytes)")
      if let error = whole.1 { #expect((1...lines).contains(error.line), "\(bytes)") }
    }
  }
}

/// Throws the same numbers every time.
private struct Dice {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % sides
  }
}
