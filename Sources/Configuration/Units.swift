/// A time span, written `250ms`, `10s`, `5m`, `12h` or `7d`; `0` stands for none.
extension Duration: Configurable {
  public static var kindName: String { "a time span such as 250ms, 10s, 5m, 12h or 7d" }

  private static let units: [(name: String, milliseconds: Int)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// Ten years, so that a sum of moments and spans cannot overflow, whatever its unit.
  private static let longest = 3650 * 86_400_000

  public init?(configured text: String) {
    if text == "0" {
      self = .zero
      return
    }
    guard let (number, unit) = splitNumber(text),
      let size = Duration.units.first(where: { $0.name == unit })?.milliseconds
    else { return nil }
    let (product, isTooLong) = number.multipliedReportingOverflow(by: size)
    guard !isTooLong, product <= Duration.longest else { return nil }
    self = .milliseconds(product)
  }

  public var yaml: String {
    let total = inMilliseconds
    guard total != 0 else { return "0" }
    let unit = Duration.units.first { total % $0.milliseconds == 0 } ?? ("ms", 1)
    return "\(total / unit.milliseconds)\(unit.name)"
  }

  /// Whole milliseconds, which is what the configuration knows.
  public var inMilliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }

  /// Whole seconds, rounded up so that a short span does not become none.
  public var inSeconds: Int { (inMilliseconds + 999) / 1000 }
}

/// A number of bytes, written `512B`, `64KiB`, `1MiB` or `2GiB`; a plain number counts bytes.
public struct ByteCount: Configurable, ExpressibleByIntegerLiteral {
  public let bytes: Int

  public init(_ bytes: Int) { self.bytes = bytes }
  public init(integerLiteral value: Int) { bytes = value }

  public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
  public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

  public static var kindName: String { "a number of bytes such as 512B, 64KiB or 1MiB" }

  private static let units: [(name: String, bytes: Int)] = [
    ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
  ]

  /// A tebibyte, so that a sum of counts cannot overflow.
  private static let most = 1 << 40

  public init?(configured text: String) {
    guard let (number, unit) = splitNumber(text),
      let size = unit.isEmpty ? 1 : ByteCount.units.first(where: { $0.name == unit })?.bytes
    else { return nil }
    let (product, isTooMuch) = number.multipliedReportingOverflow(by: size)
    guard !isTooMuch, product <= ByteCount.most else { return nil }
    bytes = product
  }

  public var yaml: String {
    guard bytes != 0 else { return "0" }
    let unit = ByteCount.units.first { bytes % $0.bytes == 0 } ?? ("B", 1)
    return "\(bytes / unit.bytes)\(unit.name)"
  }
}

/// `64KiB` as 64 and `KiB`; blanks between the two are fine.
private func splitNumber(_ text: String) -> (Int, String)? {
  let digits = text.prefix { ("0"..."9").contains($0) }
  guard let number = Int(digits) else { return nil }
  return (number, text.dropFirst(digits.count).trimmed)
}
