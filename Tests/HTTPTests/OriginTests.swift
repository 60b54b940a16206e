import Bytes
import Testing

@testable import HTTP

@Suite struct `An origin` {
  @Test(arguments: [
    ("https://a.example", "https://a.example"), ("HTTPS://A.Example:443", "https://a.example"),
    ("http://a:80", "http://a"), ("http://a:443", "http://a:443"),
    ("https://[::1]:8443", "https://[::1]:8443"), ("https://[::1]", "https://[::1]"),
  ])
  func `is read and written in one form`(text: String, form: String) {
    #expect(Origin(text)?.description == form)
  }

  @Test(arguments: [
    "", "null", "a.example", "https:", "https://", "https:/a", "ftp://a", "https://a/",
    "https://a/b",
    "https://u@a", "https://a:", "https://a:0", "https://a:65536", "https://a:x", "https://a b",
    "https://a?b", "https://a#b", "https://a, https://b", "https://a.example\\@b",
  ])
  func `is refused when it is none`(text: String) {
    #expect(Origin(text) == nil)
  }

  @Test(arguments: [
    ("https://a.example/b?c", "https://a.example"), ("http://a:81", "http://a:81"),
    ("https://a?https://b/", "https://a"), ("https://[::1]:8443/", "https://[::1]:8443"),
  ])
  func `of a page is that of its address`(address: String, origin: String) {
    #expect(Origin(ofPage: address)?.description == origin)
  }

  @Test(arguments: ["", "about:blank", "https:/", "https://", "a", "file:///etc", "https://a@b/"])
  func `of what is no page is none`(address: String) {
    #expect(Origin(ofPage: address) == nil)
  }

  @Test func `is the same as the host that was called, or not`() {
    let page = Origin("https://muster.example:8443")
    #expect(page?.isSame(asHost: "Muster.example:8443", isSecure: true) == true)
    #expect(page?.isSame(asHost: "muster.example", isSecure: true) == false)
    #expect(page?.isSame(asHost: "muster.example:8443", isSecure: false) == false)
    #expect(page?.isSame(asHost: "muster.example:8443.evil", isSecure: true) == false)
    #expect(Origin("https://a")?.isSame(asHost: "a:443", isSecure: true) == true)
  }
}

@Suite struct `A CORS policy` {
  private func answer(_ policy: CORSPolicy, _ head: RequestHead) throws -> [String] {
    var headers = Headers()
    try policy.append(to: &headers, for: head, [MethodSet(.get), MethodSet(.put)])
    return (0..<headers.count).map { "\(headers.text(name: $0)): \(headers.text(value: $0))" }
  }

  private var listed: CORSPolicy {
    get throws { CORSPolicy(.listed([try #require(Origin("https://a.example"))])) }
  }

  @Test func `lets a listed origin in and no other`() throws {
    var policy = try listed
    policy.allowsCredentials = true
    policy.exposedHeaders = ["ETag"]
    #expect(
      try answer(policy, request("GET", "Origin: https://a.example:443")) == [
        "Vary: Origin", "Access-Control-Allow-Origin: https://a.example",
        "Access-Control-Allow-Credentials: true", "Access-Control-Expose-Headers: ETag",
      ])
    #expect(try answer(policy, request("GET", "Origin: https://b.example")) == ["Vary: Origin"])
    #expect(try answer(policy, request("GET", "Origin: null")) == ["Vary: Origin"])
    #expect(try answer(policy, request("GET")) == ["Vary: Origin"])
  }

  @Test func `answers a preflight`() throws {
    let preflight = try request(
      "OPTIONS", "Origin: https://a.example", "Access-Control-Request-Method: PUT")
    #expect(CORSPolicy.isPreflight(preflight))
    #expect(!CORSPolicy.isPreflight(try request("OPTIONS", "Origin: https://a.example")))
    #expect(
      try answer(listed, preflight) == [
        "Vary: Origin", "Access-Control-Allow-Origin: https://a.example",
        "Access-Control-Allow-Methods: GET, PUT",
        "Access-Control-Allow-Headers: Authorization, Content-Type",
        "Access-Control-Max-Age: 3600",
      ])
  }

  @Test func `never lets cookies in from everywhere`() throws {
    var policy = CORSPolicy(.any)
    policy.allowsCredentials = true
    let head = try request("GET", "Origin: https://evil.example")
    #expect(try answer(policy, head) == ["Access-Control-Allow-Origin: *"])
    #expect(try answer(CORSPolicy(.none), head).isEmpty)
  }
}

extension Headers {
  fileprivate func text(name index: Int) -> String { String(name(at: index)) }
  fileprivate func text(value index: Int) -> String { String(value(at: index)) }
}
