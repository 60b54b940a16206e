/// The one form in which names are compared: two texts that a reader takes for one have the same.
///
/// It is NFKC with case folding. Format characters and other invisible ones are gone, and any run
/// of blanks is one blank. So "Admin", "ＡＤＭＩＮ" and "ad\u{200B}min" are the same name. Letters
/// of different scripts stay different.
public struct ComparisonForm: Sendable, Hashable {
  /// Equal bytes; Swift's own comparison would also look at the canonical equivalence.
  public let text: String

  public init(_ original: String) {
    let folded = ComparisonForm.folded(ComparisonForm.withoutInvisible(original))
    text = ComparisonForm.withSingleBlanks(folded)
  }

  /// Nothing that a reader could see.
  public var isEmpty: Bool { text.isEmpty }

  public static func == (a: ComparisonForm, b: ComparisonForm) -> Bool {
    a.text.utf8.elementsEqual(b.text.utf8)
  }

  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }

  /// Removed first, so that what stood around them can compose.
  private static func withoutInvisible(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter { !isInvisible($0) }))
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    return properties.isDefaultIgnorableCodePoint || properties.generalCategory == .format
  }

  private static func folded(_ text: String) -> String {
    let folded = Normalizer.caseFolded.normalized(text.utf8.span) { bytes in
      guard let valid = try? UTF8Span(validating: bytes) else { return String?.none }
      return String(copying: valid)
    }
    return (folded ?? nil) ?? text
  }

  private static func withSingleBlanks(_ text: String) -> String {
    text.unicodeScalars.split(whereSeparator: isBlank).map { String($0) }.joined(separator: " ")
  }

  /// U+2800, the braille cell without dots, is a symbol to Unicode and a blank to the eye.
  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar == "\u{2800}"
  }
}
