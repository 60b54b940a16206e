internal import CQREncode

/// The modules of a QR code (ISO/IEC 18004) that holds some bytes, in the smallest version.
public struct QRCode: Sendable, Equatable {
  /// How much of the code may be unreadable: about 7, 15, 25 or 30 percent.
  public enum ErrorCorrection: Sendable { case low, medium, quartile, high }

  /// Modules on each side, without the margin.
  public let size: Int
  private let modules: [Bool]

  /// Nil if the bytes do not fit the largest version, or if there are none.
  public init?(_ bytes: [UInt8], correction: ErrorCorrection = .medium) {
    let level = QRCode.level(correction)
    guard !bytes.isEmpty, let count = Int32(exactly: bytes.count),
      let code = unsafe QRcode_encodeData(count, bytes, 0, level)
    else { return nil }
    defer { unsafe QRcode_free(code) }
    let side = unsafe Int(code.pointee.width)
    // The lowest bit of each byte is the colour, the others say what the module is for.
    modules = (0..<side * side).map { unsafe code.pointee.data[$0] & 1 == 1 }
    size = side
  }

  /// Whether the module is dark; everything outside of the code is light.
  public subscript(row row: Int, column column: Int) -> Bool {
    let code = 0..<size
    guard code.contains(row), code.contains(column) else { return false }
    return modules[row * size + column]
  }

  /// One bit for each module, row after row, the highest bit of each byte first; dark is 1.
  public var bits: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (modules.count + 7) / 8)
    for (index, isDark) in modules.enumerated() where isDark {
      bytes[index / 8] |= 0x80 >> UInt8(index % 8)
    }
    return bytes
  }

  private static func level(_ correction: ErrorCorrection) -> QRecLevel {
    switch correction {
    case .low: QR_ECLEVEL_L
    case .medium: QR_ECLEVEL_M
    case .quartile: QR_ECLEVEL_Q
    case .high: QR_ECLEVEL_H
    }
  }
}
