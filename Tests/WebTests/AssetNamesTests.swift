import Testing

@testable import Web

struct AssetNamesTests {
  @Test func `a known name is replaced wherever it stands, others stay`() {
    var names = AssetNames()
    let path = names.add("ui.js", content: Array("x".utf8))
    #expect(path == "/assets/ui.\(Fingerprint(of: [UInt8(ascii: "x")]).hex).js")
    let text = names.rewrite(
      Array("a \"/assets/ui.js\" '/assets/ui.js' /assets/ui.json /assets/".utf8))
    #expect(
      String(decoding: text, as: UTF8.self)
        == "a \"\(path)\" '\(path)' /assets/ui.json /assets/")
  }

  @Test func `another content gives another name`() {
    var names = AssetNames()
    #expect(names.add("a.css", content: [1]) != names.add("a.css", content: [2]))
  }

  @Test func `a text without references stays as it is`() {
    let text = Array("/asset/ui.js 实验室 /assets".utf8)
    #expect(AssetNames().rewrite(text) == text)
  }

  @Test func `the fingerprint is FNV-1a of 64 bits`() {
    #expect(Fingerprint(of: []).hex == "cbf29ce484222325")
    #expect(Fingerprint(of: Array("a".utf8)).hex == "af63dc4c8601ec8c")
    #expect(Fingerprint(of: Array("foobar".utf8)).hex == "85944171f73967e8")
  }
}
