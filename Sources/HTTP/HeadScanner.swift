internal import Bytes

/// Finds the end of a head (or of trailers) line by line and refuses it as soon as a line ends
/// wrongly or a limit is passed. It remembers how far it has looked, so that bytes which arrive
/// one by one are each looked at once.
struct HeadScanner {
  /// Where the next line begins.
  private(set) var lineStart = 0
  /// Up to where no line end was found.
  private var scanned = 0
  /// Where the fields begin: behind the first line of a head.
  private(set) var fieldsStart = 0
  private(set) var fieldCount = 0
  private var hasFirstLine: Bool
  private var hasSkippedLine = false

  /// Whether there was anything to look at yet.
  var hasBegun: Bool { scanned > 0 }

  /// Trailers have no line in front of their fields.
  init(hasFirstLine: Bool) { self.hasFirstLine = hasFirstLine }

  /// RFC 9112, 2.2: one empty line in front of a request is forgiven, old clients end bodies so.
  mutating func skipEmptyLine(_ input: inout ByteBuffer) {
    guard !hasSkippedLine, input.count >= 2, input.bytes[0] == .carriageReturn,
      input.bytes[1] == .lineFeed
    else { return }
    input.consume(2)
    self = HeadScanner(hasFirstLine: hasFirstLine)
    hasSkippedLine = true
  }

  /// Where the empty line behind the fields ends, or nil if it has not arrived.
  mutating func end(
    in bytes: Span<UInt8>, limits: RequestParser.Limits
  ) throws(HTTPError) -> Int? {
    while let lineFeed = bytes.firstIndex(of: .lineFeed, from: scanned) {
      scanned = lineFeed + 1
      // Limits come first, as they do when the line end has not arrived yet.
      let isEmpty = lineFeed <= lineStart + 1
      if hasFirstLine {
        try check(firstLine: lineFeed - 1 - lineStart, limits)
      } else if !isEmpty {
        fieldCount += 1
        try check(fields: scanned - fieldsStart, limits)
      }
      guard lineFeed > lineStart, bytes[lineFeed - 1] == .carriageReturn else {
        throw HTTPError(.bareLineEnd)
      }
      lineStart = scanned
      if hasFirstLine {
        hasFirstLine = false
        fieldsStart = scanned
      } else if isEmpty {
        return scanned
      }
    }
    scanned = bytes.count
    try checkUnfinished(limits)
    return nil
  }

  private func check(firstLine length: Int, _ limits: RequestParser.Limits) throws(HTTPError) {
    guard length <= limits.requestLine else { throw HTTPError(.requestLineTooLong) }
  }

  private func check(fields length: Int, _ limits: RequestParser.Limits) throws(HTTPError) {
    guard length <= limits.headerBytes, fieldCount <= limits.headerCount else {
      throw HTTPError(.headersTooLarge)
    }
  }

  /// A line without an end counts too; one byte more may be the CR of a line that still fits.
  private func checkUnfinished(_ limits: RequestParser.Limits) throws(HTTPError) {
    if hasFirstLine {
      try check(firstLine: scanned - lineStart - 1, limits)
    } else {
      try check(fields: scanned - fieldsStart - 1, limits)
    }
  }
}

extension Headers {
  /// Copies the fields of trailers, or of a head with its first line, that `scanner` has seen.
  init(parsing bytes: Span<UInt8>, _ scanner: HeadScanner) throws(HTTPError) {
    guard scanner.fieldCount > 0 else {
      self.init()
      return
    }
    let fields = try Headers.parseFields(
      bytes, from: scanner.fieldsStart, count: scanner.fieldCount)
    self.init(bytes: [UInt8](bytes), fields: fields)
  }

  /// The fields between `start` and the empty line that ends `bytes`; their offsets count from
  /// the start of `bytes`. Every line is known to end with CR LF.
  static func parseFields(
    _ bytes: Span<UInt8>, from start: Int, count: Int
  ) throws(HTTPError) -> [Field] {
    var fields: [Field] = []
    fields.reserveCapacity(count)
    var position = start
    for _ in 0..<count {
      let lineEnd = bytes.firstIndex(of: .carriageReturn, from: position) ?? bytes.count
      guard lineEnd + 1 < bytes.count, bytes[lineEnd + 1] == .lineFeed else {
        throw HTTPError(.bareLineEnd)
      }
      fields.append(try parseField(bytes, position..<lineEnd))
      position = lineEnd + 2
    }
    return fields
  }

  private static func parseField(
    _ bytes: Span<UInt8>, _ line: Range<Int>
  ) throws(HTTPError) -> Field {
    var colon = line.lowerBound
    while colon < line.upperBound, ByteSet.token.contains(bytes[colon]) { colon += 1 }
    // A blank before the colon and a folded line (RFC 9112, 5.1 and 5.2) end the name early.
    guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":"),
      colon - line.lowerBound <= UInt16.max
    else { throw HTTPError(.malformedHeader) }
    var start = colon + 1
    var end = line.upperBound
    while start < end, bytes[start].isBlank { start += 1 }
    while end > start, bytes[end - 1].isBlank { end -= 1 }
    guard bytes.extracting(start..<end).isFieldValue() else { throw HTTPError(.malformedHeader) }
    return Field(
      name: UInt32(line.lowerBound), value: UInt32(start), valueLength: UInt32(end - start),
      nameLength: UInt16(colon - line.lowerBound))
  }
}
