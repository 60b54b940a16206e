import Testing

@testable import HTTP

@Suite struct `Negotiation` {
  private func headers(_ name: HeaderName, _ value: String?) throws -> Headers {
    var headers = Headers()
    if let value { try headers.append(name, value) }
    return headers
  }

  @Test(arguments: [
    (nil, false), ("gzip", true), ("deflate, GZIP;q=0.5", true), ("gzip;q=0", false), ("*", true),
    ("*;q=0", false), ("*, gzip;q=0", false), ("gzip;q=0.001", true), ("br", false), ("", false),
    ("gzip;q=2", false), ("gzip;q=0.0001", false), ("gzip;q=x", false), ("gzip;q", false),
    ("xgzip", false), ("gzip; q=1.000", true), ("gzip;q=1.001", false),
  ])
  func `of the encoding`(value: String?, accepts: Bool) throws {
    #expect(try headers(.acceptEncoding, value).accepts(encoding: "gzip") == accepts)
  }

  @Test(arguments: [
    (String?.none, String?("text/html")), ("*/*", "text/html"),
    ("application/json", "application/json"),
    ("text/*;q=0.3, application/json;q=0.7", "application/json"),
    ("text/html;q=0.2, text/*;q=0.9, */*;q=0.5", "application/json"),
    ("TEXT/HTML", "text/html"), ("image/png", nil), ("text/html;q=0, */*", "application/json"),
    ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "text/html"),
    ("application/json;v=\"a,b\"", "application/json"), ("text", nil), ("*", nil),
  ])
  func `of the media type`(value: String?, chosen: String?) throws {
    let types = [ContentType.html, ContentType.json]
    let index = try headers(.accept, value).preferredType(among: types)
    #expect(index.map { types[$0].essence } == chosen)
  }

  @Test(arguments: [
    (String?.none, String?("zh")), ("en", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
    ("en-US,en;q=0.9", "en"),
    ("de, en;q=0.1", "en"), ("de", nil), ("*", "zh"), ("zh;q=0, *", "en"), ("de, *;q=0.5", "zh"),
    ("ZH-tw;q=0.2, en;q=0.1", "zh"), ("enx", nil),
  ])
  func `of the language`(value: String?, chosen: String?) throws {
    #expect(
      try headers(.acceptLanguage, value).preferredLanguage(among: ["zh", "en"]) == chosen)
  }

  @Test func `content of a tag with a longer one`() throws {
    #expect(
      try headers(.acceptLanguage, "en").preferredLanguage(among: ["zh-CN", "en-GB"]) == "en-GB")
  }

  @Test func `packs text of a kilobyte`() {
    #expect(isWorthCompressing(.html, length: 1024))
    #expect(!isWorthCompressing(.html, length: 1023))
    #expect(!isWorthCompressing(ContentType("image/png"), length: 4096))
    #expect(isWorthCompressing(ContentType("image/svg+xml"), length: 4096))
    #expect(isWorthCompressing(.json, length: 4096))
  }
}
