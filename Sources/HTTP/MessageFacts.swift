internal import Bytes

/// How many bytes of body follow a head.
public enum BodyLength: Sendable, Equatable {
  case none
  case bytes(Int)
  case chunked
  /// Until the connection ends; only an answer may do that.
  case untilClose
}

/// The fields that steer the connection, gathered in one pass over a head.
struct MessageFacts {
  private(set) var contentLength: Int?
  private(set) var isChunked = false
  private(set) var hosts = 0
  private(set) var host = 0
  private(set) var closes = false
  private(set) var keepsAlive = false
  private(set) var upgrades = false
  private(set) var expectsContinue = false
  private var hasUpgrade = false
  private var encodings = 0

  init(_ headers: Headers) throws(HTTPError) {
    for index in 0..<headers.count {
      try note(headers, index)
    }
    // RFC 9112, 6.3: a peer that sends both may be trying to smuggle a request past a proxy.
    guard !isChunked || contentLength == nil else { throw HTTPError(.ambiguousLength) }
    upgrades = upgrades && hasUpgrade
  }

  /// The length of a name rules nearly every field out before its letters are looked at.
  private mutating func note(_ headers: Headers, _ index: Int) throws(HTTPError) {
    let name = headers.name(at: index)
    switch name.count {
    case 4 where name.matches(HeaderName.host.text.bytes):
      hosts += 1
      host = index
    case 6 where name.matches(HeaderName.expect.text.bytes):
      try noteExpectation(headers.value(at: index))
    case 7 where name.matches(HeaderName.upgrade.text.bytes):
      hasUpgrade = true
    case 10 where name.matches(HeaderName.connection.text.bytes):
      noteConnection(headers.value(at: index))
    case 14 where name.matches(HeaderName.contentLength.text.bytes):
      try noteLength(headers.value(at: index))
    case 17 where name.matches(HeaderName.transferEncoding.text.bytes):
      try noteEncoding(headers.value(at: index))
    default: return
    }
  }

  private mutating func noteConnection(_ value: Span<UInt8>) {
    var elements = ListElements(value)
    while let element = elements.next() {
      switch element.count {
      case 5: closes = closes || element.matches(("close" as StaticString).bytes)
      case 10: keepsAlive = keepsAlive || element.matches(("keep-alive" as StaticString).bytes)
      case 7: upgrades = upgrades || element.matches(("upgrade" as StaticString).bytes)
      default: continue
      }
    }
  }

  /// Digits and nothing else, once: a list of equal lengths would be allowed, but nobody honest
  /// sends one.
  private mutating func noteLength(_ value: Span<UInt8>) throws(HTTPError) {
    guard contentLength == nil, !value.isEmpty else { throw HTTPError(.ambiguousLength) }
    var length = 0
    for index in value.indices {
      guard value[index].isDigit else { throw HTTPError(.ambiguousLength) }
      let (shifted, over) = length.multipliedReportingOverflow(by: 10)
      let (sum, carry) = shifted.addingReportingOverflow(Int(value[index] &- 0x30))
      // Too large for a number is too large for any limit as well.
      length = over || carry || length == .max ? .max : sum
    }
    contentLength = length
  }

  private mutating func noteEncoding(_ value: Span<UInt8>) throws(HTTPError) {
    encodings += 1
    guard encodings == 1 else { throw HTTPError(.ambiguousLength) }
    guard value.matches(("chunked" as StaticString).bytes) else {
      throw HTTPError(.unsupportedTransferEncoding)
    }
    isChunked = true
  }

  private mutating func noteExpectation(_ value: Span<UInt8>) throws(HTTPError) {
    guard value.matches(("100-continue" as StaticString).bytes) else {
      throw HTTPError(.unmetExpectation)
    }
    expectsContinue = true
  }
}
