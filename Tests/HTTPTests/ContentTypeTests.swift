import Testing

@testable import HTTP

@Suite struct `A content type` {
  @Test func `is read with charset and boundary`() {
    let html = ContentType(parsing: "Text/HTML;Charset=\"UTF-8\"; x=y".utf8.span)
    #expect(html == .html && html?.description == "text/html; charset=utf-8")
    let form = ContentType(parsing: "multipart/form-data; boundary=\"a; \\\"b\"".utf8.span)
    #expect(form?.essence == "multipart/form-data" && form?.boundary == "a; \"b")
    let json = ContentType(parsing: "application/json ; ".utf8.span)
    #expect(json == .json)
  }

  @Test(arguments: [
    "", "text", "/html", "text/", "te xt/html", "text/html; charset", "text/html; charset=",
    "text/html; charset=\"a", "text/html; charset=a; charset=b", "text/html; =a", "a/b/c",
  ])
  func `is refused when it is none`(text: String) {
    let type = ContentType(parsing: text.utf8.span)
    #expect(type == nil)
  }

  @Test func `comes from a message that names one, once`() throws {
    var headers = Headers()
    #expect(ContentType(headers) == nil)
    try headers.append(.contentType, "application/json")
    #expect(ContentType(headers) == .json)
    try headers.append(.contentType, "text/html")
    #expect(ContentType(headers) == nil)
  }

  @Test(arguments: [
    ("index.html", "text/html; charset=utf-8"), ("a.b.PNG", "image/png"),
    ("x", "application/octet-stream"),
    ("x.", "application/octet-stream"), (".js", "text/javascript; charset=utf-8"),
    ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.unknown", "application/octet-stream"),
    ("manifest.webmanifest", "application/manifest+json"),
  ])
  func `is known by the ending of a file`(name: String, type: String) {
    #expect(ContentType(fileName: name).description == type)
  }

  @Test func `knows whether it is UTF-8`() {
    #expect(ContentType.json.isUTF8 && ContentType.html.isUTF8)
    #expect(!ContentType("text/plain", charset: "gbk").isUTF8)
  }
}
