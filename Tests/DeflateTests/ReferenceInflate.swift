/// A second reading of RFC 1951, slow and plain: what the compressor writes is checked against
/// it, and how far back it refers.
struct ReferenceInflate {
  private(set) var output: [UInt8] = []
  private(set) var longestDistance = 0

  private let input: [UInt8]
  private var bitAt = 0

  private static let lengthBase = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let codeOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  /// Reads blocks until the input ends, as permessage-deflate messages do.
  init(message: [UInt8]) {
    input = message + [0x00, 0x00, 0xFF, 0xFF]
    while bitAt < input.count * 8 { block() }
  }

  private mutating func bits(_ count: Int) -> Int {
    var value = 0
    for shift in 0..<count {
      value |= Int(input[bitAt / 8] >> UInt8(bitAt % 8) & 1) << shift
      bitAt += 1
    }
    return value
  }

  private mutating func block() {
    _ = bits(1)
    switch bits(2) {
    case 0: stored()
    case 1:
      let literals = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
      coded(Huffman(literals), Huffman([Int](repeating: 5, count: 30)))
    default:
      let tables = dynamicTables()
      coded(tables.literals, tables.distances)
    }
  }

  private mutating func stored() {
    bitAt = (bitAt + 7) / 8 * 8
    let length = bits(16)
    _ = bits(16)
    for _ in 0..<length { output.append(UInt8(bits(8))) }
  }

  private mutating func dynamicTables() -> (literals: Huffman, distances: Huffman) {
    let literalCount = bits(5) + 257
    let distanceCount = bits(5) + 1
    let codeCount = bits(4) + 4
    var codeLengths = [Int](repeating: 0, count: 19)
    for index in 0..<codeCount { codeLengths[Self.codeOrder[index]] = bits(3) }
    let codes = Huffman(codeLengths)
    var lengths: [Int] = []
    while lengths.count < literalCount + distanceCount {
      switch symbol(codes) {
      case 16: lengths += [Int](repeating: lengths.last!, count: bits(2) + 3)
      case 17: lengths += [Int](repeating: 0, count: bits(3) + 3)
      case 18: lengths += [Int](repeating: 0, count: bits(7) + 11)
      case let length: lengths.append(length)
      }
    }
    return (Huffman(Array(lengths[..<literalCount])), Huffman(Array(lengths[literalCount...])))
  }

  private mutating func coded(_ literals: Huffman, _ distances: Huffman) {
    while true {
      let code = symbol(literals)
      if code == 256 { return }
      if code < 256 {
        output.append(UInt8(code))
        continue
      }
      let length = Self.lengthBase[code - 257] + bits(Self.lengthBits[code - 257])
      let step = symbol(distances)
      let extra = max(0, step / 2 - 1)
      let distance = step < 2 ? step + 1 : ((2 + step % 2) << extra) + 1 + bits(extra)
      longestDistance = max(longestDistance, distance)
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  private mutating func symbol(_ table: Huffman) -> Int {
    var code = 0
    var first = 0
    var index = 0
    for length in 1...15 {
      code = code << 1 | bits(1)
      let count = table.counts[length]
      if code - first < count { return table.symbols[index + code - first] }
      index += count
      first = (first + count) << 1
    }
    fatalError("no such code")
  }

  /// Canonical codes (RFC 1951, 3.2.2): how many there are of each length, and what they stand
  /// for, in the order of the codes.
  private struct Huffman {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    init(_ lengths: [Int]) {
      for length in lengths where length > 0 { counts[length] += 1 }
      for length in 1...15 {
        symbols += lengths.indices.filter { lengths[$0] == length }
      }
    }
  }
}
