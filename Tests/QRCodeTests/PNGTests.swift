import Bytes
import Deflate
import Testing

@testable import QRCode

@Suite struct `A PNG file` {
  private struct Chunk: Equatable {
    let type: String
    let data: [UInt8]
  }

  private func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The check value, bit by bit as the standard defines it.
  private func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
        sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1
      }
    }
  }

  private func chunks(_ file: [UInt8]) throws -> [Chunk] {
    var chunks: [Chunk] = []
    var rest = file.dropFirst(8)
    while !rest.isEmpty {
      let length = Int(number(rest.prefix(4)))
      let checked = rest.dropFirst(4).prefix(4 + length)
      #expect(number(rest.dropFirst(8 + length).prefix(4)) == checksum(checked))
      chunks.append(
        Chunk(
          type: String(decoding: checked.prefix(4), as: UTF8.self),
          data: Array(checked.dropFirst(4))))
      rest = rest.dropFirst(12 + length)
    }
    return chunks
  }

  @Test func `holds the pixels of the code and its margin`() throws {
    let code = try #require(QRCode(Array("muster".utf8)))
    let file = code.png(scale: 3)
    #expect(file.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    let chunks = try chunks(file)
    #expect(chunks.map(\.type) == ["IHDR", "IDAT", "IEND"])
    #expect(chunks[0].data == [0, 0, 0, 87, 0, 0, 0, 87, 1, 0, 0, 0, 0])
    var inflater = Inflater()
    var pixels = ByteBuffer()
    // RFC 1950: two bytes before the stream, four of a check value behind it.
    try inflater.inflate(
      Array(chunks[1].data.dropFirst(2).dropLast(4)).span, into: &pixels, limit: 4096)
    let rows = [UInt8](pixels)
    try #require(rows.count == 87 * 12)
    for y in 0..<87 {
      #expect(rows[y * 12] == 0)
      for x in 0..<87 {
        let isWhite = rows[y * 12 + 1 + x / 8] & 0x80 >> UInt8(x % 8) != 0
        #expect(isWhite != code[row: y / 3 - 4, column: x / 3 - 4])
      }
    }
  }
}
