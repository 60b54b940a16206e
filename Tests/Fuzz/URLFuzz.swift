// needs: Bytes HTTP

import Bytes
import HTTP

/// Decodes any bytes as a path and as form fields, and checks what was promised of the outcome.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzURL(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let raw = UnsafeBufferPointer(start: count > 0 ? start : nil, count: count)
  if let path = try? URLPath(decoding: raw.span) { check(path.bytes) }
  if let fields = try? FormFields(decoding: raw.span) {
    precondition(fields.fields.count <= 1000 && fields.fields.count <= count)
  }
  return 0
}

/// What behind the decoder relies on: no way up, no hidden separator, no control character, and a
/// form that decoding does not change any more.
private func check(_ path: [UInt8]) {
  precondition(path.first == UInt8(ascii: "/"))
  precondition(!path.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") })
  precondition(String(validating: path.span) != nil)
  let segments = path.dropFirst().split(
    separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  for (index, segment) in segments.enumerated() {
    precondition(!segment.isEmpty || index == segments.count - 1)
    precondition(!segment.elementsEqual(".".utf8) && !segment.elementsEqual("..".utf8))
  }
  var encoded: [UInt8] = []
  for byte in path {
    if byte == UInt8(ascii: "/") {
      encoded.append(byte)
    } else {
      encoded += Array("%".utf8) + Array((byte < 16 ? "0" : "").utf8)
      encoded += Array(String(byte, radix: 16).utf8)
    }
  }
  let again = try? URLPath(decoding: encoded.span)
  precondition(again?.bytes == path)
}
