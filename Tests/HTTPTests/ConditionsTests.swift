import Bytes
import Testing

@testable import HTTP

/// A request with these extra header lines.
func request(_ method: String = "GET", _ lines: String...) throws -> RequestHead {
  var parser = RequestParser()
  var input = ByteBuffer()
  input.append(([method + " / HTTP/1.1", "Host: a"] + lines + ["", ""]).joined(separator: "\r\n"))
  return try #require(try parser.nextHead(&input))
}

@Suite struct `An entity tag` {
  @Test(arguments: [
    ("\"xyzzy\"", "xyzzy", false), ("W/\"xyzzy\"", "xyzzy", true), ("\"\"", "", false),
  ])
  func `is read and written`(text: String, opaque: String, isWeak: Bool) {
    let tag = EntityTag(parsing: text.utf8.span)
    #expect(tag == EntityTag(opaque, isWeak: isWeak))
    #expect(tag?.headerValue == text)
  }

  @Test(arguments: ["", "x", "\"", "w/\"x\"", "W/x", "\"a b\"", "\"a\"b\"", "W/\"", "'a'"])
  func `is refused when it is none`(text: String) {
    let tag = EntityTag(parsing: text.utf8.span)
    #expect(tag == nil)
  }

  // RFC 9110, 8.8.3.2, has this table.
  @Test(arguments: [
    ("W/\"1\"", "W/\"1\"", false, true), ("W/\"1\"", "W/\"2\"", false, false),
    ("W/\"1\"", "\"1\"", false, true), ("\"1\"", "\"1\"", true, true),
  ])
  func `is compared in two ways`(a: String, b: String, strong: Bool, weak: Bool) throws {
    let first = EntityTag(parsing: a.utf8.span)
    let second = EntityTag(parsing: b.utf8.span)
    let left = try #require(first)
    let right = try #require(second)
    #expect(left.matchesStrongly(right) == strong && left.matchesWeakly(right) == weak)
  }
}

@Suite struct `Conditions` {
  static let modified = HTTPDate(unixSeconds: 784_111_777)
  static let same = "Sun, 06 Nov 1994 08:49:37 GMT"
  static let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"

  static let single: [(String, String, ConditionOutcome)] = [
    ("GET", "If-None-Match: \"a\"", .notModified),
    ("HEAD", "If-None-Match: W/\"a\"", .notModified),
    ("GET", "If-None-Match: \"x\", \"a\"", .notModified),
    ("GET", "If-None-Match: \"x\"", .proceed), ("GET", "If-None-Match: *", .notModified),
    ("PUT", "If-None-Match: *", .failed), ("PUT", "If-None-Match: \"x\"", .proceed),
    ("PUT", "If-Match: \"a\"", .proceed), ("PUT", "If-Match: W/\"a\"", .failed),
    ("PUT", "If-Match: \"x\"", .failed), ("PUT", "If-Match: *", .proceed),
    ("GET", "If-Modified-Since: \(same)", .notModified),
    ("GET", "If-Modified-Since: \(earlier)", .proceed),
    ("POST", "If-Modified-Since: \(same)", .proceed),
    ("GET", "If-Modified-Since: yesterday", .proceed),
    ("PUT", "If-Unmodified-Since: \(same)", .proceed),
    ("PUT", "If-Unmodified-Since: \(earlier)", .failed), ("GET", "Accept: */*", .proceed),
  ]

  @Test(arguments: single)
  func `are weighed one by one`(method: String, line: String, outcome: ConditionOutcome) throws {
    let head = try request(method, line)
    #expect(
      head.evaluateConditions(tag: EntityTag("a"), modified: Self.modified) == outcome)
  }

  @Test func `by tag win over those by date`() throws {
    let get = try request("GET", "If-None-Match: \"x\"", "If-Modified-Since: " + Self.same)
    #expect(get.evaluateConditions(tag: EntityTag("a"), modified: Self.modified) == .proceed)
    let put = try request("PUT", "If-Match: \"a\"", "If-Unmodified-Since: " + Self.earlier)
    #expect(put.evaluateConditions(tag: EntityTag("a"), modified: Self.modified) == .proceed)
  }

  @Test func `know what does not exist yet`() throws {
    #expect(
      try request("PUT", "If-Match: *").evaluateConditions(tag: nil, exists: false) == .failed)
    #expect(
      try request("PUT", "If-None-Match: *").evaluateConditions(tag: nil, exists: false) == .proceed
    )
  }
}

@Suite struct `A byte range` {
  static let ranges: [(String, RangeOutcome)] = [
    ("bytes=0-499", .part(0..<500)), ("bytes=500-999", .part(500..<1000)),
    ("bytes=-500", .part(500..<1000)), ("bytes=900-", .part(900..<1000)),
    ("bytes=999-5000", .part(999..<1000)), ("bytes=-5000", .part(0..<1000)),
    ("Bytes=0-0", .part(0..<1)), ("bytes=1000-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
    ("bytes=99999999999999999999-", .unsatisfiable),
    ("bytes=0-99999999999999999999", .part(0..<1000)), ("bytes=0-1,5-6", .whole),
    ("bytes=0-1, 2000-", .part(0..<2)), ("bytes=2000-, 3000-", .unsatisfiable),
    ("bytes=5-4", .whole), ("bytes=a-b", .whole), ("bytes=", .whole), ("bytes=,", .whole),
    ("bytes=-", .whole), ("bytes=1", .whole), ("lines=0-1", .whole), ("bytes=0-1x", .whole),
    ("bytes=+0-1", .whole), ("bytes=2000-, 5-4", .whole),
  ]

  @Test(arguments: ranges)
  func `is cut to the file`(value: String, outcome: RangeOutcome) throws {
    #expect(try request("GET", "Range: " + value).range(ofSize: 1000) == outcome)
  }

  @Test func `cannot be had of an empty file`() throws {
    #expect(try request("GET", "Range: bytes=0-").range(ofSize: 0) == .unsatisfiable)
    #expect(try request("GET", "Range: bytes=-1").range(ofSize: 0) == .unsatisfiable)
  }

  @Test func `is for GET, once and of sixteen parts at most`() throws {
    #expect(try request("HEAD", "Range: bytes=0-1").range(ofSize: 9) == .whole)
    #expect(try request("GET", "Range: bytes=0-1", "Range: bytes=0-1").range(ofSize: 9) == .whole)
    let far = Array(repeating: "99-", count: 15).joined(separator: ",")
    #expect(try request("GET", "Range: bytes=\(far),0-1").range(ofSize: 9) == .part(0..<2))
    #expect(try request("GET", "Range: bytes=\(far),99-,0-1").range(ofSize: 9) == .whole)
  }

  @Test(arguments: [
    ("\"a\"", true), ("W/\"a\"", false), ("\"b\"", false), (Conditions.same, true),
    (Conditions.earlier, false), ("nonsense", false),
  ])
  func `counts only for the state that the peer knows`(condition: String, counts: Bool) throws {
    let head = try request("GET", "Range: bytes=0-1", "If-Range: " + condition)
    let outcome = head.range(ofSize: 9, tag: EntityTag("a"), modified: Conditions.modified)
    #expect(outcome == (counts ? .part(0..<2) : .whole))
  }

  @Test func `is named in the answer`() {
    #expect(ByteRange.contentRange(0..<500, of: 1234) == "bytes 0-499/1234")
    #expect(ByteRange.contentRange(unsatisfiedOf: 1234) == "bytes */1234")
  }
}
