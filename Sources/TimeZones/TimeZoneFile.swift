/// Reads a compiled file of the time zone database (RFC 9636, "TZif"), version 2 or later.
struct TimeZoneFile {
  private static let headerLength = 44

  private struct Header {
    let utcMarks, standardMarks, leapSeconds, changes, types, letters: Int

    func bodyLength(timeSize: Int) -> Int {
      changes * (timeSize + 1) + types * 6 + letters + leapSeconds * (timeSize + 4)
        + standardMarks + utcMarks
    }
  }

  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Throws if the bytes are no such file.
  static func read(_ bytes: [UInt8]) throws(TimeZoneError) -> TimeZoneData {
    var file = TimeZoneFile(bytes)
    return try file.read()
  }

  private mutating func read() throws(TimeZoneError) -> TimeZoneData {
    // The first body has times of 32 bits, for readers of before 2005.
    let old = try header()
    position += old.bodyLength(timeSize: 4)
    let header = try header()
    // RFC 9636, 3.1: without types there is no time. Zones that count leap seconds do not fit Unix time.
    guard header.types > 0, header.leapSeconds == 0 else { throw .damaged }
    let bodyEnd = position + header.bodyLength(timeSize: 8)
    guard bodyEnd <= bytes.count else { throw .damaged }
    let moments = try (0..<header.changes).map { _ throws(TimeZoneError) in
      Int64(bitPattern: try number(8))
    }
    let indices = try (0..<header.changes).map { _ throws(TimeZoneError) in Int(try number(1)) }
    let types = try (0..<header.types).map { _ throws(TimeZoneError) in try offset() }
    position = bodyEnd
    return TimeZoneData(
      earliest: types[0], changes: try Self.changes(moments, indices, types), rule: try footer())
  }

  private mutating func header() throws(TimeZoneError) -> Header {
    let start = position
    guard bytes.count - start >= Self.headerLength,
      bytes[start..<start + 4].elementsEqual("TZif".utf8), bytes[start + 4] >= UInt8(ascii: "2")
    else { throw .damaged }
    position = start + 20
    let counts = try (0..<6).map { _ throws(TimeZoneError) in Int(try number(4)) }
    // Far more than any zone has, and few enough for every sum.
    guard counts.allSatisfy({ $0 <= 65_536 }) else { throw .damaged }
    return Header(
      utcMarks: counts[0], standardMarks: counts[1], leapSeconds: counts[2], changes: counts[3],
      types: counts[4], letters: counts[5])
  }

  /// One `ttinfo`: the offset, whether it is daylight saving time, and where its letters begin.
  private mutating func offset() throws(TimeZoneError) -> Int {
    let offset = Int(Int32(truncatingIfNeeded: try number(4)))
    _ = try number(2)
    guard (-90_000...93_600).contains(offset) else { throw .damaged }
    return offset
  }

  private static func changes(
    _ moments: [Int64], _ indices: [Int], _ types: [Int]
  ) throws(TimeZoneError) -> [(moment: Int64, offset: Int)] {
    guard indices.allSatisfy({ $0 < types.count }),
      zip(moments, moments.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .damaged }
    return zip(moments, indices).map { ($0, types[$1]) }
  }

  /// A line with the rule for the future, which may be empty.
  private mutating func footer() throws(TimeZoneError) -> YearlyRule? {
    let line = bytes[position...]
    guard line.first == UInt8(ascii: "\n"),
      let end = line.dropFirst().firstIndex(of: UInt8(ascii: "\n"))
    else { throw .damaged }
    guard end > position + 1 else { return nil }
    guard let rule = YearlyRule(String(decoding: bytes[position + 1..<end], as: UTF8.self)) else {
      throw .damaged
    }
    return rule
  }

  /// A number of up to eight bytes, the highest first.
  private mutating func number(_ size: Int) throws(TimeZoneError) -> UInt64 {
    guard position >= 0, bytes.count - position >= size else { throw .damaged }
    defer { position += size }
    return bytes[position..<position + size].reduce(0) { $0 << 8 | UInt64($1) }
  }
}

/// Why a zone cannot be had.
public enum TimeZoneError: Error, Equatable {
  /// The database has no zone of this name.
  case unknown
  /// Its file is no file of a zone.
  case damaged
}
