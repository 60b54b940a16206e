internal import Bytes
internal import Deflate

/// Writes pictures of two colours as PNG files (ISO/IEC 15948).
struct PNG {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  let width: Int
  let height: Int
  /// One bit for each pixel, rows padded to whole bytes; 1 is white.
  let rows: [[UInt8]]

  func encoded() -> [UInt8] {
    var file = ByteBuffer(capacity: 1024)
    file.append(PNG.signature.span)
    append("IHDR", header, to: &file)
    append("IDAT", pixels, to: &file)
    append("IEND", [], to: &file)
    return [UInt8](file)
  }

  /// One bit of grey, and the only methods there are for compression and filters; not interlaced.
  private var header: [UInt8] {
    PNG.bigEndian(UInt32(clamping: width)) + PNG.bigEndian(UInt32(clamping: height))
      + [1, 0, 0, 0, 0]
  }

  private var pixels: [UInt8] {
    // Each row begins with the number of its filter; 0 leaves the bytes as they are.
    var filtered: [UInt8] = []
    for row in rows { filtered += [0] + row }
    var compressed = ByteBuffer(capacity: 512)
    var encoder = ZlibEncoder()
    encoder.encode(filtered.span, into: &compressed)
    return [UInt8](compressed)
  }

  private func append(_ type: String, _ data: [UInt8], to file: inout ByteBuffer) {
    let checked = Array(type.utf8) + data
    file.append(PNG.bigEndian(UInt32(clamping: data.count)).span)
    file.append(checked.span)
    file.append(PNG.bigEndian(crc32(checked.span)).span)
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}

extension QRCode {
  /// ISO/IEC 18004 wants four light modules on every side.
  public static let margin = 4

  /// The code as a PNG file, `scale` pixels for each module.
  public func png(scale: Int = 8) -> [UInt8] {
    let margin = QRCode.margin
    let side = (size + 2 * margin) * scale
    let rows = (-margin..<size + margin).flatMap { row in
      repeatElement(pixels(ofRow: row, scale: scale, side: side), count: scale)
    }
    return PNG(width: side, height: side, rows: rows).encoded()
  }

  private func pixels(ofRow row: Int, scale: Int, side: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xFF, count: (side + 7) / 8)
    for pixel in 0..<side where self[row: row, column: pixel / scale - QRCode.margin] {
      bytes[pixel / 8] &= ~(0x80 >> UInt8(pixel % 8))
    }
    return bytes
  }
}
