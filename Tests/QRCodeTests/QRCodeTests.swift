import Testing

@testable import QRCode

@Suite struct `A QR code` {
  /// The three corners that a reader looks for.
  private static let finder = [
    "1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111",
  ]

  private func code(_ text: String) throws -> QRCode { try #require(QRCode(Array(text.utf8))) }

  private func part(_ code: QRCode, row: Int, column: Int) -> [String] {
    (row..<row + 7).map { row in
      (column..<column + 7).map { code[row: row, column: $0] ? "1" : "0" }.joined()
    }
  }

  @Test func `is as small as its content allows`() throws {
    // Version 1 holds 14 bytes at medium correction, version 2 holds 26.
    #expect(try code(String(repeating: "a", count: 14)).size == 21)
    #expect(try code(String(repeating: "a", count: 15)).size == 25)
    #expect(QRCode([]) == nil)
    #expect(QRCode([UInt8](repeating: 0, count: 2332)) == nil)
    #expect(QRCode([UInt8](repeating: 0, count: 2331))?.size == 177)
  }

  @Test func `has its marks in three corners, and light around`() throws {
    let code = try code("muster")
    let far = code.size - 7
    for (row, column) in [(0, 0), (0, far), (far, 0)] {
      #expect(part(code, row: row, column: column) == Self.finder)
    }
    #expect(part(code, row: far, column: far) != Self.finder)
    #expect(!code[row: -1, column: 0] && !code[row: 0, column: code.size])
  }

  @Test func `lists its modules row after row`() throws {
    let code = try code("muster")
    #expect(code.bits.count == (21 * 21 + 7) / 8)
    #expect(code.bits[0] & 0xFE == 0xFE)
    for index in 0..<code.size * code.size {
      let isDark = code[row: index / code.size, column: index % code.size]
      #expect((code.bits[index / 8] & 0x80 >> UInt8(index % 8) != 0) == isDark)
    }
  }
}
