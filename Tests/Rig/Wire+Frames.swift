import Bytes
package import JSON
import Loop

/// A frame as it came over the line.
package struct RawFrame: Sendable, Equatable {
  package let first: UInt8
  package let payload: [UInt8]

  package var opcode: UInt8 { first & 0x0F }
  package var isCompressed: Bool { first & 0x40 != 0 }
  package var text: String { String(decoding: payload, as: UTF8.self) }
  /// Of a close frame.
  package var code: Int? {
    opcode == 8 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil
  }
}

extension Wire {
  package static let upgrade = [
    ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
  ]

  /// Becomes a conversation in frames.
  package func upgrade(_ path: String, headers: [(String, String)] = []) async throws {
    let reply = try await call("GET", path, headers: Wire.upgrade + headers)
    guard reply.status == 101 else { throw Fault("refused: \(reply.status) \(reply.text)") }
  }

  /// A masked frame, as clients send them. The mask of zeros is as good as any.
  package static func frame(
    _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, isCompressed: Bool = false
  ) -> [UInt8] {
    var bytes = [opcode | (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0)]
    switch payload.count {
    case 0..<126: bytes.append(0x80 | UInt8(payload.count))
    case ..<65_536:
      bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    default:
      bytes.append(0x80 | 127)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
    }
    return bytes + [0, 0, 0, 0] + payload
  }

  package func say(_ text: String) throws { try send(Wire.frame(1, Array(text.utf8))) }
  package func say(_ frame: JSONValue) throws { try send(Wire.frame(1, frame.encoded())) }

  package func sendClose(_ code: Int) throws {
    try send(Wire.frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)]))
  }

  /// The next frame of any kind.
  package func frame() async throws -> RawFrame {
    try await take { bytes in RawFrame(taking: &bytes) }
  }

  /// The next frame of protocol 2.
  package func hear() async throws -> JSONValue {
    let frame = try await frame()
    guard frame.opcode == 1 else { throw Fault("no text: \(frame.opcode) \(frame.payload)") }
    return try JSONValue(parsing: frame.payload, limits: JSONLimits(bytes: 64 << 20))
  }

  /// The next frame of protocol 2 of this type; others before it are passed over.
  package func hear(_ type: String) async throws -> JSONValue {
    while true {
      let frame = try await hear()
      if frame["type"]?.string == type { return frame }
    }
  }

  /// The code of the close frame that comes now; everything before it is passed over.
  package func closeCode() async throws -> Int {
    while true {
      if let code = try await frame().code { return code }
    }
  }
}

extension RawFrame {
  /// Takes a frame off the front; nil while it is not whole.
  init?(taking bytes: inout [UInt8]) {
    guard bytes.count >= 2 else { return nil }
    var start = 2
    var length = Int(bytes[1] & 0x7F)
    if length >= 126 {
      let size = length == 126 ? 2 : 8
      guard bytes.count >= 2 + size else { return nil }
      length = bytes[2..<2 + size].reduce(0) { $0 << 8 | Int($1) }
      start += size
    }
    guard bytes.count >= start + length else { return nil }
    self.init(first: bytes[0], payload: Array(bytes[start..<start + length]))
    bytes.removeFirst(start + length)
  }
}
