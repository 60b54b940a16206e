internal import Bytes

/// A name for one state of a resource (RFC 9110, 8.8.3).
public struct EntityTag: Sendable, Hashable {
  /// Same meaning, but perhaps not the same bytes.
  public let isWeak: Bool
  /// The text between the quotes.
  public let opaque: String

  /// `opaque` has neither blanks nor quotes nor control characters.
  public init(_ opaque: String, isWeak: Bool = false) {
    precondition(opaque.utf8.span.isEntityTag(), "an entity tag has no quotes, blanks or controls")
    self.opaque = opaque
    self.isWeak = isWeak
  }

  init?(parsing bytes: Span<UInt8>) {
    isWeak = bytes.count > 2 && bytes[0] == UInt8(ascii: "W") && bytes[1] == UInt8(ascii: "/")
    let quoted = isWeak ? bytes.extracting(2...) : bytes
    guard quoted.count >= 2, quoted[0] == UInt8(ascii: "\""),
      quoted[quoted.count - 1] == UInt8(ascii: "\"")
    else { return nil }
    let inside = quoted.extracting(1..<quoted.count - 1)
    guard inside.isEntityTag() else { return nil }
    opaque = String(inside)
  }

  public var headerValue: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

  /// Same bytes for certain; what ranges and writes ask for.
  public func matchesStrongly(_ other: EntityTag) -> Bool {
    !isWeak && !other.isWeak && opaque == other.opaque
  }

  /// Same meaning; enough to keep a cached page.
  public func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }
}

extension Span where Element == UInt8 {
  /// `etagc`: printable without the quote; bytes above ASCII are allowed.
  fileprivate func isEntityTag() -> Bool {
    for index in indices {
      let byte = self[index]
      if byte <= 0x20 || byte == UInt8(ascii: "\"") || byte == 0x7F { return false }
    }
    return true
  }
}

/// The outcome of a request's conditions (RFC 9110, 13).
public enum ConditionOutcome: Sendable {
  case proceed
  /// 304: the peer has it already.
  case notModified
  /// 412: it is not what the peer thinks.
  case failed
}

extension RequestHead {
  /// Weighs the conditions against the present state; `exists` is false if there is none yet.
  /// Call it when the answer would otherwise be a success.
  public func evaluateConditions(
    tag: EntityTag?, modified: HTTPDate? = nil, exists: Bool = true
  ) -> ConditionOutcome {
    let isRead = method == .get || method == .head
    if headers.contains(.ifMatch) {
      let holds = headers.names(.ifMatch, exists) { tag?.matchesStrongly($0) == true }
      if !holds { return .failed }
    } else if let modified, let limit = headers.date(.ifUnmodifiedSince), modified > limit {
      return .failed
    }
    if headers.contains(.ifNoneMatch) {
      let isKnown = headers.names(.ifNoneMatch, exists) { tag?.matchesWeakly($0) == true }
      return !isKnown ? .proceed : isRead ? .notModified : .failed
    }
    if isRead, let modified, let known = headers.date(.ifModifiedSince), modified <= known {
      return .notModified
    }
    return .proceed
  }
}

extension Headers {
  func date(_ name: HeaderName) -> HTTPDate? {
    guard count(of: name) == 1, let value = bytes(of: name) else { return nil }
    return HTTPDate(value)
  }

  /// Whether one of the listed tags suits, or `*` stands there and the resource exists.
  fileprivate func names(
    _ name: HeaderName, _ exists: Bool, _ suits: (EntityTag) -> Bool
  ) -> Bool {
    var next = index(of: name)
    while let index = next {
      var elements = ListElements(value(at: index))
      while let element = elements.next() {
        if element.count == 1, element[0] == UInt8(ascii: "*"), exists { return true }
        if let tag = EntityTag(parsing: element), suits(tag) { return true }
      }
      next = self.index(of: name, from: index + 1)
    }
    return false
  }
}
