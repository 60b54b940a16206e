import Testing

@testable import HTTP

@Suite struct `A URL path` {
  private func decode(_ text: String) throws(HTTPError) -> String {
    try URLPath(decoding: text.utf8.span).text
  }

  @Test(arguments: [
    ("/", "/"), ("/a/b", "/a/b"), ("/a/", "/a/"), ("/%E5%BC%A0", "/张"), ("/a%20b", "/a b"),
    ("//a///b", "/a/b"), ("//", "/"), ("/./a/.", "/a/"), ("/a/../b", "/b"), ("/a/b/..", "/a/"),
    ("/a/b/../../c", "/c"), ("/%2e/a", "/a"), ("/a/%2E%2e/b", "/b"), ("/a/.%2e", "/"),
    ("/...", "/..."), ("/.hidden", "/.hidden"), ("/a..b/..c", "/a..b/..c"), ("/a/..b", "/a/..b"),
    ("/a+b", "/a+b"), ("/a;v=1,2", "/a;v=1,2"), ("/a/b/c/d/../../x", "/a/b/x"),
  ])
  func `is decoded and normalised`(raw: String, path: String) throws {
    #expect(try decode(raw) == path)
  }

  @Test(arguments: [
    "/..", "/../a", "/a/../..", "/%2e%2e", "/.%2E/x", "/a/../../b", "//..", "/./..",
    "/a%2fb", "/a%2F..%2f..", "/a%5Cb", "/%5c..",
  ])
  func `cannot leave its root`(raw: String) {
    #expect(throws: HTTPError(.pathEscapes)) { try decode(raw) }
  }

  @Test(arguments: [
    "/%00", "/a%00.png", "/%0d%0a", "/%1f", "/%7F", "/%", "/%4", "/%4g", "/%g4", "/a%", "/%%41",
    "/%ff", "/%c0%ae%c0%ae/", "/%c0%af", "/%e0%80%af", "/%ed%a0%80", "/%f5%80%80%80", "/%e5%bc",
  ])
  func `is refused when its encoding is wrong, too long or hides a control`(raw: String) {
    #expect(throws: HTTPError(.malformedEncoding)) { try decode(raw) }
  }

  @Test(arguments: ["", "a", "a/b", "/a b", "/a?b", "/a#b", "/a\\b", "/ä", "/\n", "/<"])
  func `is refused when it is none`(raw: String) {
    #expect(throws: HTTPError(.malformedTarget)) { try decode(raw) }
  }

  @Test func `is decoded once`() throws {
    #expect(try decode("/%252e%252e/%252f/%2500") == "/%2e%2e/%2f/%00")
  }

  @Test(arguments: ["/", "/a/b", "/a/b/", "/a.b", "/a/b..", "/x:y@z"])
  func `that is plain needs no decoding`(raw: String) throws {
    let isPlain = URLPath.isPlain(raw.utf8.span)
    #expect(isPlain)
    #expect(try decode(raw) == raw)
  }

  @Test(arguments: ["", "a", "//", "/./", "/../", "/.a", "/%41", "/a//b", "/a b", "/\\"])
  func `that may not be plain is looked at closely`(raw: String) {
    let isPlain = URLPath.isPlain(raw.utf8.span)
    #expect(!isPlain)
  }
}
