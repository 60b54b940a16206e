// needs: Bytes JSON

import Bytes
import JSON

/// Reads any bytes as JSON in both ways, and checks that they agree and that what was read survives
/// being written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let raw = UnsafeBufferPointer(start: count > 0 ? start : nil, count: count)
  let tree = try? JSONValue(parsing: raw.span, limits: JSONLimits(lastDuplicateWins: true))
  precondition((tree != nil) == isWellFormed(raw.span), "the scanner and the parser disagree")
  guard let tree else { return 0 }
  precondition(String(validating: raw.span) != nil)
  for text in [tree.encoded(), tree.encoded(pretty: true)] {
    precondition(String(validating: text.span) != nil)
    precondition((try? JSONValue(parsing: text)) == tree, "lost on the way out or in")
  }
  return 0
}

private func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
  var scanner = JSONScanner(bytes)
  do {
    let range = try scanner.skip()
    precondition(range.upperBound <= bytes.count)
    try scanner.finish()
    return true
  } catch { return false }
}
