import Testing

@testable import HTTP

@Suite struct `An authorization` {
  @Test func `has a scheme and credentials`() {
    let token = Authorization("Token 9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b")
    #expect(token?.scheme == "token")
    #expect(token?.credentials == "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b")
    #expect(Authorization("Token")?.credentials == "")
    #expect(Authorization("Token a b")?.credentials == "a b")
    #expect(Authorization("") == nil && Authorization("To(ken x") == nil)
  }

  @Test func `must not come twice`() throws {
    var headers = Headers()
    #expect(Authorization(headers) == nil)
    try headers.append(.authorization, "Token a")
    #expect(Authorization(headers)?.credentials == "a")
    try headers.append(.authorization, "Token b")
    #expect(Authorization(headers) == nil)
  }

  @Test(arguments: [
    ("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"),
    ("dGVzdDoxMjPCow==", "test", "123£"),
    ("YTpiOmM=", "a", "b:c"), ("Og==", "", ""),
  ])
  func `of scheme Basic has a user and a password`(text: String, user: String, password: String) {
    let basic = Authorization("basic  \(text)")?.basic
    #expect(basic?.user == user && basic?.password == password)
  }

  @Test(arguments: [
    "", "QQ==", "QWxhZGRpbjpvcGVu!", "YTpi\nYQ==", "YQ", "/w==", "Ov8=", "YQo6Yg==", "YTpiAA==",
  ])
  func `of scheme Basic is refused when its text is wrong`(text: String) {
    #expect(Authorization("Basic \(text)")?.basic == nil)
    #expect(Authorization("Bearer Og==")?.basic == nil)
  }
}
