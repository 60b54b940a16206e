import Testing

@testable import Web

/// The sentences lie in `i18n.js` as `"key": ["English", "中文"],`; these tests read them from there.
struct TranslationTests {
  static let keys = sentences.map(\.key)
  static let sentences: [(key: String, english: String, chinese: String)] = {
    let text = WebPageTests.sources["i18n.js"] ?? ""
    let table = text.split(separator: "const strings = {")[1].split(separator: "\n};")[0]
    let quoted = table.split(separator: "\"", omittingEmptySubsequences: false)
    let strings = stride(from: 1, to: quoted.count, by: 2).map { String(quoted[$0]) }
    return stride(from: 0, to: strings.count - 2, by: 3).map {
      (strings[$0], strings[$0 + 1], strings[$0 + 2])
    }
  }()

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
      WebPageTests.sources.filter { $0.key != "i18n.js" }.values.joined()
      + WebPageTests.documents.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    let unused = Self.keys.filter { key in
      !["link.", "error."].contains(where: key.hasPrefix) && !everything.contains("\"\(key)\"")
    }
    #expect(unused == [])
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
    Set(pieces(of: sentence, after: "{").map { $0.prefix(while: { $0 != "}" }) })
  }

  static func isChinese(_ sentence: String) -> Bool {
    sentence.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
  }
}
