import Testing

@testable import TimeZones

struct TimeZoneFileTests {
  /// A small file by RFC 9636: one change from UTC+1 to UTC+2 at 1,000,000, and then a rule.
  private static func file(
    version: UInt8 = UInt8(ascii: "2"), changes: [Int64] = [1_000_000], indices: [UInt8] = [1],
    offsets: [Int32] = [3600, 7200], leapSeconds: UInt32 = 0, rule: String = "CET-1",
    types: UInt32? = nil
  ) -> [UInt8] {
    func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
      stride(from: Number.bitWidth - 8, through: 0, by: -8).map {
        UInt8(truncatingIfNeeded: number >> Number($0))
      }
    }
    func header(_ counts: [UInt32]) -> [UInt8] {
      Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        + counts.flatMap { bytes($0) }
    }
    let counts: [UInt32] = [
      0, 0, leapSeconds, UInt32(changes.count), types ?? UInt32(offsets.count), 4,
    ]
    return header([0, 0, 0, 0, 0, 0]) + header(counts) + changes.flatMap { bytes($0) } + indices
      + offsets.flatMap { bytes($0) + [0, 0] } + Array("CET\0".utf8) + Array("\n\(rule)\n".utf8)
  }

  @Test func `a change counts from its very second on`() throws {
    let rules = TimeZoneRules("test", try TimeZoneFile.read(Self.file(rule: "")))
    #expect(rules.offsetSeconds(at: 999_999) == 3600)
    #expect(rules.offsetSeconds(at: 1_000_000) == 7200)
    #expect(rules.offsetSeconds(at: .max / 1000) == 7200)
    #expect(rules.offsetSeconds(at: .min / 1000) == 3600)
  }

  @Test func `after the last change the rule counts`() throws {
    let rules = TimeZoneRules("test", try TimeZoneFile.read(Self.file(rule: "EST5")))
    #expect(rules.offsetSeconds(at: 2_000_000) == -18_000)
  }

  @Test func `every beginning of a file is refused, and nothing of it is read beyond its end`() {
    let whole = Self.file()
    for length in 0..<whole.count {
      #expect(throws: TimeZoneError.damaged) { try TimeZoneFile.read(Array(whole[..<length])) }
    }
  }

  @Test(arguments: [
    file(version: 0), file(indices: [2]), file(changes: [2, 1], indices: [0, 1]),
    file(offsets: [3600, 100_000]), file(leapSeconds: 1), file(rule: "CET"), file(types: .max),
    file(changes: [], indices: [], offsets: []), Array("TZif2".utf8), [],
  ])
  func `a damaged file is refused`(bytes: [UInt8]) {
    #expect(throws: TimeZoneError.damaged) { try TimeZoneFile.read(bytes) }
  }

  @Test func `a file of random bytes never ends the process`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      var bytes = Self.file()
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      guard let data = try? TimeZoneFile.read(bytes) else { continue }
      _ = TimeZoneRules("test", data).offsetSeconds(at: 4_000_000_000)
    }
  }
}
