public import Bytes

/// The pieces of a `multipart/form-data` body, in this order: each part's head, its bytes in
/// any number of pieces, its end; after the last part the end of the form.
public enum MultipartEvent: Sendable {
  case partBegan(MultipartPart)
  case bytes([UInt8])
  case partEnded
  case finished
}

/// Takes a form with files apart while it arrives (RFC 7578), so that an upload is never whole in
/// memory: pieces are at most 64 KiB, and what is kept back is no longer than a delimiter.
public struct MultipartParser: Sendable {
  public struct Limits: Sendable {
    /// Parts; more is 413.
    public var parts = 64
    /// Bytes of one part's header lines; more is 431.
    public var headerBytes = 8 * 1024
    /// Bytes of all plain fields together, which nobody streams to a disk; more is 413.
    public var fieldBytes = 1024 * 1024
    /// Bytes of the whole form with everything; more is 413.
    public var total = 64 * 1024 * 1024

    public init() {}
  }

  private enum State: Sendable {
    case start
    case afterDelimiter
    case headers(HeadScanner)
    case body
    case epilogue
    case failed(HTTPError)
  }

  private static let largestPiece = 64 * 1024

  private let limits: Limits
  /// CR LF, two dashes, and the boundary.
  private let delimiter: [UInt8]
  private var state = State.start
  private var parts = 0
  private var consumed = 0
  private var fieldBytes = 0
  private var isFile = false

  /// Throws if the boundary is none (RFC 2046, 5.1.1).
  public init(boundary: String, limits: Limits = Limits()) throws(HTTPError) {
    let bytes = boundary.utf8.span
    guard (1...70).contains(bytes.count), bytes[bytes.count - 1] != .space else {
      throw HTTPError(.malformedMultipart)
    }
    for index in bytes.indices where !ByteSet.boundary.contains(bytes[index]) {
      throw HTTPError(.malformedMultipart)
    }
    delimiter = Array("\r\n--\(boundary)".utf8)
    self.limits = limits
  }

  /// For a request with such a body; nil if it has another one.
  public init?(_ headers: Headers, limits: Limits = Limits()) throws(HTTPError) {
    guard let type = ContentType(headers), type.essence == ContentType.multipart.essence else {
      return nil
    }
    guard let boundary = type.boundary else { throw HTTPError(.malformedMultipart) }
    try self.init(boundary: boundary, limits: limits)
  }

  /// The next event, taken out of `input`; nil means "more bytes, please". A body that ends
  /// before `finished` came is cut off.
  public mutating func next(_ input: inout ByteBuffer) throws(HTTPError) -> MultipartEvent? {
    if case .failed(let error) = state { throw error }
    do throws(HTTPError) {
      return try step(&input)
    } catch {
      state = .failed(error)
      throw error
    }
  }

  private mutating func step(_ input: inout ByteBuffer) throws(HTTPError) -> MultipartEvent? {
    while true {
      switch state {
      case .start:
        guard try readFirstDelimiter(&input) else { return nil }
      case .afterDelimiter:
        guard let isLast = try readDelimiterEnd(&input) else { return nil }
        if isLast { return .finished }
      case .headers(var scanner):
        return try readHeaders(&input, &scanner).map { .partBegan($0) }
      case .body:
        return try readBody(&input)
      case .epilogue:
        // RFC 2046, 5.1.1: what follows the last delimiter is to be ignored.
        try take(input.count, of: &input)
        return nil
      case .failed(let error):
        throw error
      }
    }
  }

  private mutating func take(_ count: Int, of input: inout ByteBuffer) throws(HTTPError) {
    try admit(count)
    input.consume(count)
  }

  /// Counts what is about to be taken; the limit is on all of it, delimiters and padding too.
  private mutating func admit(_ count: Int) throws(HTTPError) {
    guard count <= limits.total - consumed else { throw HTTPError(.bodyTooLarge) }
    consumed += count
  }

  private mutating func admit(field count: Int) throws(HTTPError) {
    guard count <= limits.fieldBytes - fieldBytes else { throw HTTPError(.bodyTooLarge) }
    fieldBytes += count
  }

  /// Nothing may stand in front of the first delimiter: no browser sends a preamble.
  private mutating func readFirstDelimiter(_ input: inout ByteBuffer) throws(HTTPError) -> Bool {
    let isShort = input.isEmpty || input.bytes[0] != .carriageReturn
    let expected = isShort ? delimiter.count - 2 : delimiter.count
    let shared = min(expected, input.count)
    let skipped = delimiter.count - expected
    let wanted = delimiter[skipped..<skipped + shared]
    guard input.bytes.extracting(0..<shared).elementsEqual(wanted.span) else {
      throw HTTPError(.malformedMultipart)
    }
    guard shared == expected else { return false }
    try take(expected, of: &input)
    state = .afterDelimiter
    return true
  }

  /// Two dashes end the form, a line end begins a part; true for the former.
  private mutating func readDelimiterEnd(_ input: inout ByteBuffer) throws(HTTPError) -> Bool? {
    let count = input.count
    guard count > 0 else { return nil }
    let isLast = input.bytes[0] == UInt8(ascii: "-")
    let first = isLast ? UInt8(ascii: "-") : .carriageReturn
    let second = isLast ? UInt8(ascii: "-") : .lineFeed
    guard input.bytes[0] == first, count < 2 || input.bytes[1] == second else {
      throw HTTPError(.malformedMultipart)
    }
    guard count >= 2 else { return nil }
    try take(2, of: &input)
    if isLast {
      state = .epilogue
    } else {
      guard parts < limits.parts else { throw HTTPError(.tooManyFields) }
      parts += 1
      state = .headers(HeadScanner(hasFirstLine: false))
    }
    return isLast
  }

  private mutating func readHeaders(
    _ input: inout ByteBuffer, _ scanner: inout HeadScanner
  ) throws(HTTPError) -> MultipartPart? {
    var bounds = RequestParser.Limits()
    bounds.headerBytes = limits.headerBytes
    guard let end = try scanner.end(in: input.bytes, limits: bounds) else {
      state = .headers(scanner)
      return nil
    }
    let part = try MultipartPart(Headers(parsing: input.bytes.extracting(0..<end), scanner))
    try take(end, of: &input)
    state = .body
    isFile = part.fileName != nil
    return part
  }

  private mutating func readBody(_ input: inout ByteBuffer) throws(HTTPError) -> MultipartEvent? {
    let (length, isDelimited) = dataLength(input.bytes)
    if length > 0 {
      let count = min(length, MultipartParser.largestPiece)
      try admit(count)
      if !isFile { try admit(field: count) }
      let piece = [UInt8](input.bytes.extracting(0..<count))
      input.consume(count)
      return .bytes(piece)
    }
    guard isDelimited else { return nil }
    try take(delimiter.count, of: &input)
    state = .afterDelimiter
    return .partEnded
  }

  /// How many bytes in front belong to the part for certain, and whether the delimiter follows
  /// them. A CR can only begin the delimiter, so each is tried once.
  private func dataLength(_ bytes: Span<UInt8>) -> (length: Int, isDelimited: Bool) {
    var start = 0
    while let found = bytes.firstIndex(of: .carriageReturn, from: start) {
      let shared = min(delimiter.count, bytes.count - found)
      let candidate = bytes.extracting(found..<found + shared)
      if candidate.elementsEqual(delimiter.span.extracting(0..<shared)) {
        return (found, shared == delimiter.count)
      }
      start = found + 1
    }
    return (bytes.count, false)
  }
}
