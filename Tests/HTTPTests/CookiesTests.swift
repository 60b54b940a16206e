import Testing

@testable import HTTP

@Suite struct `Cookies of a request` {
  private func cookies(_ values: String...) throws -> Cookies {
    var headers = Headers()
    for value in values { try headers.append(.cookie, value) }
    return Cookies(headers)
  }

  @Test func `are read in order, the first of a name counts`() throws {
    let cookies = try cookies("JSESSIONID=aB3; token=x=y==;empty=; token=z", "more=1")
    #expect(cookies["JSESSIONID"] == "aB3" && cookies["token"] == "x=y==")
    #expect(cookies["empty"] == "" && cookies["more"] == "1" && cookies["jsessionid"] == nil)
    #expect(cookies.cookies.count == 5)
  }

  @Test func `may be quoted`() throws {
    #expect(try cookies("a=\"b\"")["a"] == "b")
    #expect(try cookies("a=\"b")["a"] == nil)
  }

  @Test(arguments: ["a", "=b", "a b=c", "a=b c", "a=b,c", "a=b\\c", "a=陈", "a;", "\u{E4}=1"])
  func `that are malformed are passed over, the others stay`(pair: String) throws {
    let cookies = try cookies("first=1; \(pair); last=2")
    #expect(cookies.cookies.map(\.name) == ["first", "last"])
  }

  @Test func `are set safe unless told otherwise`() throws {
    var cookie = SetCookie("token", "abc")
    #expect(try cookie.headerValue() == "token=abc; Path=/; Secure; HttpOnly; SameSite=Lax")
    cookie.maxAge = 3600
    cookie.domain = "muster.example"
    cookie.sameSite = .strict
    cookie.isSecure = false
    cookie.isHTTPOnly = false
    cookie.path = "/app"
    #expect(
      try cookie.headerValue()
        == "token=abc; Path=/app; Domain=muster.example; Max-Age=3600; SameSite=Strict")
    let deletion = try SetCookie.deletion(of: "token").headerValue()
    #expect(deletion.hasPrefix("token=; Path=/; Max-Age=0"))
  }

  @Test(arguments: ["a;b", "a b", "a\r\nb", "a,b", "a\"b", "ä"])
  func `with a value that could end the field are not set`(value: String) {
    var headers = Headers()
    #expect(throws: HTTPError(.unsafeHeader)) { try headers.append(SetCookie("a", value)) }
    #expect(throws: HTTPError(.unsafeHeader)) { try headers.append(SetCookie(value, "a")) }
    var cookie = SetCookie("a", "b")
    cookie.path = "/;\(value)"
    #expect(throws: HTTPError(.unsafeHeader)) { try cookie.headerValue() }
    cookie.path = "/"
    cookie.domain = "a;b"
    #expect(throws: HTTPError(.unsafeHeader)) { try cookie.headerValue() }
    #expect(headers.isEmpty)
  }

  @Test func `keep the promises of their names`() {
    var cookie = SetCookie("__Host-a", "b")
    #expect(throws: Never.self) { try cookie.headerValue() }
    cookie.domain = "a"
    #expect(throws: HTTPError(.unsafeHeader)) { try cookie.headerValue() }
    cookie = SetCookie("__Secure-a", "b")
    cookie.isSecure = false
    #expect(throws: HTTPError(.unsafeHeader)) { try cookie.headerValue() }
    cookie = SetCookie("a", "b")
    cookie.sameSite = .none
    cookie.isSecure = false
    #expect(throws: HTTPError(.unsafeHeader)) { try cookie.headerValue() }
  }
}
