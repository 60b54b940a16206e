/// Is `text` in normalization form C? False also for bytes that are not UTF-8, and for scalars that
/// the library's version of Unicode does not assign: a newer version may compose them.
///
/// Texts of scalars below U+0300, which all of ASCII and Latin are, cost one look at their bytes;
/// texts of other scripts are normalized on the stack.
public func isNFC(_ text: Span<UInt8>) -> Bool {
  if isBelowCombiningMarks(text) { return true }
  guard Normalizer.assignsAll(of: text) else { return false }
  let isSame = Normalizer.nfc.normalized(text) { normalized in
    guard normalized.count == text.count else { return false }
    for index in text.indices where normalized[index] != text[index] { return false }
    return true
  }
  return isSame ?? false
}

extension String {
  /// Is this text in normalization form C?
  public var isNFC: Bool { UnicodeText.isNFC(utf8.span) }

  /// This text in normalization form C.
  public var inNFC: String {
    if isNFC { return self }
    let text = Normalizer.nfc.normalized(utf8.span) { bytes in
      guard let valid = try? UTF8Span(validating: bytes) else { return String?.none }
      return String(copying: valid)
    }
    return (text ?? nil) ?? self
  }
}

/// Below U+0300, the first combining mark, nothing composes or decomposes. In UTF-8 that scalar
/// begins with CC; continuation bytes are smaller.
private func isBelowCombiningMarks(_ text: Span<UInt8>) -> Bool {
  for index in text.indices where text[index] >= 0xCC { return false }
  return true
}
