import Testing

@testable import Web

/// The sentences lie in `i18n.js`, and in the `addWords` of a plugin's page, as `"key": ["English", "中文"],`; these
/// tests read them from there.
struct TranslationTests {
  static let keys = sentences.map(\.key)
  static let sentences: [(key: String, english: String, chinese: String)] = {
    let texts = WebPageTests.sources.sorted { $0.key < $1.key }.map(\.value)
    return texts.flatMap {
      table(in: $0, from: "const strings = {\n", to: "\n};")
        + table(in: $0, from: "\naddWords({\n", to: "\n});")
    }
  }()

  private static func table(
    in text: String, from start: String, to end: String
  ) -> [(key: String, english: String, chinese: String)] {
    guard let rest = pieces(of: text, after: start).first,
      let table = rest.firstRange(of: end).map({ rest[..<$0.lowerBound] })
    else { return [] }
    let quoted = table.split(separator: "\"", omittingEmptySubsequences: false)
    let strings = stride(from: 1, to: quoted.count, by: 2).map { String(quoted[$0]) }
    return stride(from: 0, to: strings.count - 2, by: 3).map {
      (strings[$0], strings[$0 + 1], strings[$0 + 2])
    }
  }

  @Test func `every sentence exists in both languages, with the same values to fill in`() {
    #expect(Self.sentences.count > 100)
    for (key, english, chinese) in Self.sentences {
      #expect(!english.isEmpty && !chinese.isEmpty, "\(key)")
      #expect(key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }, "\(key)")
      #expect(Self.values(in: english) == Self.values(in: chinese), "\(key)")
      #expect(Self.isChinese(chinese) != Self.isChinese(english), "\(key)")
    }
  }

  @Test func `no key stands twice`() {
    #expect(Set(Self.keys).count == Self.keys.count)
  }

  @Test(arguments: WebPageTests.documents)
  func `the keys in a page exist`(page: WebPage) {
    let text = String(decoding: page.bytes, as: UTF8.self)
    for marker in ["data-t=\"", "data-t-label=\"", "data-t-hint=\""] {
      for rest in Self.pieces(of: text, after: marker) {
        let key = String(rest.prefix(while: { $0 != "\"" }))
        #expect(Self.keys.contains(key), "\(page.path): \(key)")
      }
    }
  }

  @Test func `the keys in scripts exist`() {
    for (name, text) in WebPageTests.sources where name.hasSuffix(".js") && name != "i18n.js" {
      for before in ["(", " ", "[", "!", "`", "{"] {
        for rest in Self.pieces(of: text, after: before + "t(\"") {
          let key = String(rest.prefix(while: { $0 != "\"" }))
          #expect(Self.keys.contains(key), "\(name): \(key)")
        }
      }
    }
  }

  @Test func `no sentence lies unused`() {
    let everything =
      WebPageTests.sources.values.map(Self.withoutTable).joined()
      + WebPageTests.documents.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    let unused = Self.keys.filter { key in
      !["link.", "error."].contains(where: key.hasPrefix) && !everything.contains("\"\(key)\"")
        && !Self.isNumbered(key, in: everything)
    }
    #expect(unused == [])
  }

  /// A script whose own table would make every key in it look used.
  private static func withoutTable(_ script: String) -> Substring {
    for start in ["const strings = {\n", "\naddWords({\n"] {
      guard let rest = pieces(of: script, after: start).first else { continue }
      return rest.firstRange(of: "\n}").map { rest[$0.upperBound...] } ?? ""
    }
    return script[...]
  }

  /// `status.1` is used by a template for all `status.…`.
  private static func isNumbered(_ key: String, in scripts: String) -> Bool {
    let parts = key.split(separator: ".")
    guard let last = parts.last, last.allSatisfy(\.isNumber) else { return false }
    return scripts.contains("`\(parts.dropLast().joined(separator: ".")).${")
  }

  static func pieces(of text: String, after marker: String) -> [Substring] {
    var found: [Substring] = []
    var rest = text[...]
    while let start = rest.firstRange(of: marker) {
      rest = rest[start.upperBound...]
      found.append(rest)
    }
    return found
  }

  static func values(in sentence: String) -> Set<Substring> {
    Set(pieces(of: sentence, after: "{").map { $0.prefix(while: { $0 != "}" && $0 != ":" }) })
      // A number that only chooses a word in English has no place in Chinese.
      .subtracting(choices(in: sentence))
  }

  /// Values that stand in a sentence only to choose between one and many.
  static func choices(in sentence: String) -> Set<Substring> {
    let all = pieces(of: sentence, after: "{").map { $0.prefix(while: { $0 != "}" }) }
    let shown = Set(all.filter { !$0.contains(":") })
    return Set(all.filter { $0.contains(":") }.map { $0.prefix(while: { $0 != ":" }) }).subtracting(
      shown)
  }

  static func isChinese(_ sentence: String) -> Bool {
    sentence.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
  }
}
