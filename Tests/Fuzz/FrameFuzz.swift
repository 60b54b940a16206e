// needs: Bytes Crypto Deflate WebSocket

import Bytes
import Deflate
import WebSocket

/// The first byte says what the others are, and in portions of what size they come; what is heard
/// of them must not depend on the portions.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let step = Int(start[0] >> 2) + 1
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] & 3 {
  case 0:
    precondition(hear(bytes, step: .max, role: .server) == hear(bytes, step: step, role: .server))
  case 1:
    precondition(hear(bytes, step: .max, role: .client) == hear(bytes, step: step, role: .client))
  case 2: goRound(bytes, step: step)
  default: shakeHands(bytes)
  }
  return 0
}

private let limits = MessageLimits(message: 2000, inflated: 5000)

private enum Heard: Equatable {
  case message(Incoming.Kind, isCompressed: Bool, [UInt8])
  case error(WebSocketError.Code)
}

/// Every message and how it ended, as an assembler with compression hears it.
private func hear(_ bytes: [UInt8], step: Int, role: Role) -> [Heard] {
  var assembler = MessageAssembler(role: role, limits: limits, allowsCompression: true)
  var scratch = MessageScratch()
  var heard: [Heard] = []
  var start = 0
  while start < bytes.count {
    let end = start + min(step, bytes.count - start)
    var portion = ByteBuffer()
    portion.append(Array(bytes[start..<end]))
    start = end
    do throws(WebSocketError) {
      var position = 0
      while let incoming = try assembler.next(&portion, at: &position, scratch: &scratch) {
        let payload = scratch.payload(of: incoming, in: portion.bytes)
        precondition(payload.count <= limits.inflated)
        let copy = payload.withUnsafeBytes { Array($0) }
        if incoming.kind == .text { precondition(String(validating: copy, as: UTF8.self) != nil) }
        heard.append(.message(incoming.kind, isCompressed: incoming.wasCompressed, copy))
      }
      precondition(position == portion.count)
      precondition(assembler.memory <= 2 * limits.message + 300)
    } catch {
      heard.append(.error(error.code))
    }
  }
  return heard
}

/// What our own side sends, plain or compressed, masked or not, arrives as it was.
private func goRound(_ payload: [UInt8], step: Int) {
  for role in [Role.client, .server] {
    for windowBits in [8, 15] {
      var deflater = Deflater()
      var compressed = ByteBuffer()
      deflater.deflate(payload.span, windowBits: windowBits, into: &compressed)
      var encoder = FrameEncoder(role: role)
      var output = ByteBuffer()
      encoder.append(.binary, payload.span, to: &output)
      encoder.append(.binary, compressed.bytes, isCompressed: true, to: &output)
      let heard = hear([UInt8](output), step: step, role: role == .client ? .server : .client)
      guard payload.count <= 1900 else { continue }
      let plain = Heard.message(.binary, isCompressed: false, payload)
      precondition(heard == [plain, .message(.binary, isCompressed: true, payload)])
    }
  }
}

/// The bytes as headers of a handshake, one on each line, and as the answer to one.
private func shakeHands(_ bytes: [UInt8]) {
  let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    .map { String(decoding: $0, as: UTF8.self) }
  let answer = ServerHandshake(subprotocols: ["a"]).answer(method: "GET", isHTTP11: true) { name in
    switch "\(name)" {
    case "host": ["h"]
    case "upgrade": ["websocket"]
    case "connection": ["upgrade"]
    case "sec-websocket-version": ["13"]
    case "sec-websocket-key": ["dGhlIHNhbXBsZSBub25jZQ=="]
    case "sec-websocket-protocol": Array(lines.prefix(1))
    case "sec-websocket-extensions": Array(lines.dropFirst())
    default: []
    }
  }
  if case .accept(let acceptance) = answer {
    var output = ByteBuffer()
    acceptance.append(to: &output)
    precondition(acceptance.compression.map { (8...15).contains($0.serverWindowBits) } ?? true)
  }
  _ = try? ClientHandshake(host: "h", path: "/", subprotocols: ["a"]).read(bytes.span)
}
