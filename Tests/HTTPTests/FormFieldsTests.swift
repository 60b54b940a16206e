import Testing

@testable import HTTP

@Suite struct `The fields of a form` {
  private func decode(
    _ text: String, limits: FormFields.Limits = .init()
  ) throws(HTTPError) -> [String] {
    try FormFields(decoding: text.utf8.span, limits: limits).fields
      .map { "\($0.name)=\($0.value)" }
  }

  @Test(arguments: [
    ("", []), ("a=1&b=2&a=3", ["a=1", "b=2", "a=3"]), ("a", ["a="]), ("=x", ["=x"]),
    ("&&a=&", ["a="]), ("a+b=c%2Bd+e", ["a b=c+d e"]), ("a=b=c", ["a=b=c"]),
    ("n=%E9%99%88%E4%BC%9F", ["n=陈伟"]), ("n=陈", ["n=陈"]), ("a=%2541", ["a=%41"]),
    ("a%3Db=%26", ["a=b=&"]), ("a;b=1", ["a;b=1"]),
  ])
  func `keep their order and are decoded once`(raw: String, fields: [String]) throws {
    #expect(try decode(raw) == fields)
  }

  @Test func `answer by name`() throws {
    let fields = try FormFields(decoding: "a=1&b=2&a=3".utf8.span)
    #expect(fields["a"] == "1" && fields["c"] == nil)
    #expect(fields.values(of: "a") == ["1", "3"])
  }

  @Test(arguments: [
    "a=%", "a=%4", "a=%zz", "%f", "a=%ff", "a=%c0%80", "a=%00", "a\0=b", "%ed%a0%80",
  ])
  func `are refused when they are not text`(raw: String) {
    #expect(throws: HTTPError(.malformedEncoding)) { try decode(raw) }
    #expect(HTTPError(.malformedEncoding).status == .badRequest)
  }

  @Test func `are limited in number and in bytes`() throws {
    var limits = FormFields.Limits()
    limits.fields = 2
    limits.bytes = 8
    #expect(try decode("a=1&&b=2", limits: limits).count == 2)
    #expect(throws: HTTPError(.tooManyFields)) { try decode("a&b&c", limits: limits) }
    #expect(throws: HTTPError(.bodyTooLarge)) { try decode("a=1&b=222", limits: limits) }
  }
}
