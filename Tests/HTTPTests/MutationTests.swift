import Bytes
import Testing

@testable import HTTP

/// A small generator with a seed, so that what it finds can be found again.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// `seed` with a few bytes changed, doubled, moved or lost.
  mutating func mutate(_ seed: [UInt8]) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &self)
      switch Int.random(in: 0..<6, using: &self) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
      case 1: bytes.insert(Self.interesting.randomElement(using: &self) ?? 0, at: place)
      case 2: bytes.remove(at: place)
      case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + 9))
      default:
        let end = min(bytes.count, place + Int.random(in: 1...40, using: &self))
        bytes.insert(
          contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &self))
      }
    }
    return bytes
  }

  private static let interesting =
    Array("\r\n\0 \t:;,=%./\\-+\"&?#*09aF\u{7F}".utf8) + [0x80, 0xFF]
}

@Suite struct `Mutated input` {
  static let requests: [[UInt8]] = [
    Array(`A request parser`.pipeline.utf8),
    Array("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\nHEAD /%e5%bc%a0?a=%41 HTTP/1.0\r\n\r\n".utf8),
    Array(
      """
      POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
      ffff;x\r\n
      """.utf8),
    Array("PUT /a/./b/../%2e HTTP/1.1\r\nHost: [::1]:8\r\nContent-Length: 12\r\n\r\nhello".utf8),
  ]

  @Test(arguments: 0..<4)
  func `is read the same whole and in pieces, and nothing wrong gets in`(index: Int) {
    var generator = SeededGenerator(state: UInt64(index))
    for _ in 0..<1500 {
      let bytes = generator.mutate(Self.requests[index])
      let whole = read(bytes)
      let pieces = read(bytes, step: Int.random(in: 1...9, using: &generator))
      #expect(whole.requests == pieces.requests && whole.error == pieces.error)
      #expect(whole.error != nil || whole.unread == pieces.unread)
      for request in whole.requests {
        let segments = request.path.utf8.split(separator: UInt8(ascii: "/"))
        #expect(!segments.contains { $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8) })
        #expect(!request.path.utf8.contains { $0 < 0x20 || $0 == UInt8(ascii: "\\") })
        #expect(request.path.utf8.first == UInt8(ascii: "/") || request.path == "*")
      }
    }
  }

  @Test func `of a path is decoded to one that stays the same when it is encoded again`() throws {
    var generator = SeededGenerator(state: 11)
    let seed = Array("/a%20b/../%E5%BC%A0/./c%2e/%2e%2e/d;e=1//f".utf8)
    for _ in 0..<5000 {
      let raw = generator.mutate(seed)
      guard let path = try? URLPath(decoding: raw.span) else { continue }
      let encoded = path.bytes.flatMap { byte in
        byte == UInt8(ascii: "/") ? [byte] : Array("%".utf8) + Array(hex(byte).utf8)
      }
      let again = try URLPath(decoding: encoded.span)
      #expect(again == path)
      if URLPath.isPlain(raw.span) { #expect(path.bytes == raw) }
    }
  }

  private func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  @Test func `never harms what reads header values`() throws {
    var generator = SeededGenerator(state: 5)
    let seed = Array(
      "text/html;q=0.5, a=\"b\\\";c\"; filename*=utf-8''%41, W/\"x\", bytes=0-9,-5, Basic Og==".utf8
    )
    for _ in 0..<3000 {
      let bytes = generator.mutate(seed)
      var headers = Headers()
      let names: [HeaderName] = [
        .accept, .acceptEncoding, .acceptLanguage, .authorization, .contentDisposition,
        .contentType, .cookie, .ifNoneMatch, .ifRange, .origin, .range,
      ]
      for name in names { try? headers.append(name, bytes.span) }
      _ = headers.preferredType(among: [.html, .json])
      _ = headers.preferredLanguage(among: ["zh", "en"])
      _ = headers.accepts(encoding: "gzip")
      _ = Authorization(headers)?.basic
      _ = Cookies(headers).cookies
      _ = Origin(headers)
      _ = try? MultipartParser(headers)
      _ = try? MultipartPart(headers)
      _ = EntityTag(parsing: bytes.span)
      _ = HTTPDate(bytes.span)
      _ = try? FormFields(decoding: bytes.span)
      if case .part(let range) = ByteRange.resolve(bytes.span, size: 10) {
        #expect(range.lowerBound >= 0 && range.upperBound <= 10 && !range.isEmpty)
      }
    }
  }
}
