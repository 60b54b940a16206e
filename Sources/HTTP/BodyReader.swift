internal import Bytes

/// Takes the framing off a body: a counted one, a chunked one, or one that ends with the input.
struct BodyReader: Sendable {
  private enum Step {
    /// The first `count` bytes of the input belong to the body; the caller takes them out.
    case data(Int)
    case more
    case end(Headers)
  }

  private enum State: Sendable {
    case counted(left: Int)
    case untilClose
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailers(HeadScanner)
    case finished
  }

  /// How many bytes the whole body may have.
  var limit: Int
  private var received = 0
  private var extensionBytes = 0
  private var state: State

  /// RFC 9112, 7.1.1: a peer could make us read for ever between two bytes of body.
  private static let longestSizeLine = 256
  private static let mostExtensionBytes = 8 * 1024

  /// Nil for a message without a body.
  init?(_ length: BodyLength, limit: Int) {
    switch length {
    case .none: return nil
    case .bytes(let count): state = .counted(left: count)
    case .chunked: state = .chunkSize
    case .untilClose: state = .untilClose
    }
    self.limit = limit
  }

  /// Whether the end of the input is the end of the body.
  var endsWithInput: Bool {
    if case .untilClose = state { true } else { false }
  }

  /// Whether the end is known, and within the limit.
  var canPass: Bool {
    switch state {
    case .counted(let left): left <= limit - received
    case .finished: true
    case .untilClose, .chunkSize, .chunk, .chunkEnd, .trailers: false
    }
  }

  /// Moves what has arrived from `input` to `body`; the trailers once it is complete, else nil.
  mutating func read(
    _ input: inout ByteBuffer, into body: inout ByteBuffer, limits: RequestParser.Limits
  ) throws(HTTPError) -> Headers? {
    while true {
      switch try next(&input, limits: limits) {
      case .data(let count):
        body.append(input.bytes.extracting(0..<count))
        input.consume(count)
      case .more: return nil
      case .end(let trailers): return trailers
      }
    }
  }

  /// Drops what has arrived of the body; true once it has passed.
  mutating func skip(
    _ input: inout ByteBuffer, limits: RequestParser.Limits
  ) throws(HTTPError) -> Bool {
    while true {
      switch try next(&input, limits: limits) {
      case .data(let count): input.consume(count)
      case .more: return false
      case .end: return true
      }
    }
  }

  /// Looks at the front of `input`; after `.data` the caller takes that many bytes out of it.
  private mutating func next(
    _ input: inout ByteBuffer, limits: RequestParser.Limits
  ) throws(HTTPError) -> Step {
    while true {
      switch state {
      case .counted(let left):
        try check(left)
        return left == 0 ? .end(Headers()) : take(left, of: input) { .counted(left: $0) }
      case .untilClose:
        try check(input.count)
        return take(.max, of: input) { _ in .untilClose }
      case .chunkSize:
        guard try readSize(&input) else { return .more }
      case .chunk(let left):
        if left > 0 { return take(left, of: input) { .chunk(left: $0) } }
        state = .chunkEnd
      case .chunkEnd:
        guard try readChunkEnd(&input) else { return .more }
      case .trailers(var scanner):
        return try readTrailers(&input, &scanner, limits)
      case .finished:
        return .end(Headers())
      }
    }
  }

  /// Checked on what is announced, before a byte of it is kept.
  private func check(_ announced: Int) throws(HTTPError) {
    guard announced <= limit - received else { throw HTTPError(.bodyTooLarge) }
  }

  private mutating func take(
    _ left: Int, of input: borrowing ByteBuffer, _ rest: (Int) -> State
  ) -> Step {
    let count = min(left, input.count)
    received += count
    state = rest(left - count)
    return count == 0 ? .more : .data(count)
  }

  /// Reads `1f;name=value` and its line end.
  private mutating func readSize(_ input: inout ByteBuffer) throws(HTTPError) -> Bool {
    guard let lineFeed = input.bytes.firstIndex(of: .lineFeed) else {
      guard input.count <= BodyReader.longestSizeLine + 1 else { throw HTTPError(.malformedChunk) }
      return false
    }
    guard lineFeed - 1 <= BodyReader.longestSizeLine else { throw HTTPError(.malformedChunk) }
    guard lineFeed > 0, input.bytes[lineFeed - 1] == .carriageReturn else {
      throw HTTPError(.bareLineEnd)
    }
    let size = try parseSize(input.bytes.extracting(0..<lineFeed - 1))
    try check(size)
    input.consume(lineFeed + 1)
    state = size == 0 ? .trailers(HeadScanner(hasFirstLine: false)) : .chunk(left: size)
    return true
  }

  private mutating func parseSize(_ line: Span<UInt8>) throws(HTTPError) -> Int {
    var size = 0
    var index = 0
    // Fifteen digits cannot overflow and are more than any limit allows.
    while index < line.count, let digit = line[index].hexValue {
      guard index < 15 else { throw HTTPError(.malformedChunk) }
      size = size << 4 | Int(digit)
      index += 1
    }
    guard index > 0 else { throw HTTPError(.malformedChunk) }
    if index < line.count {
      let rest = line.extracting(index...)
      extensionBytes += rest.count
      guard rest[0] == UInt8(ascii: ";"), rest.isFieldValue(),
        extensionBytes <= BodyReader.mostExtensionBytes
      else { throw HTTPError(.malformedChunk) }
    }
    return size
  }

  private mutating func readChunkEnd(_ input: inout ByteBuffer) throws(HTTPError) -> Bool {
    guard input.isEmpty || input.bytes[0] == .carriageReturn,
      input.count < 2 || input.bytes[1] == .lineFeed
    else { throw HTTPError(.malformedChunk) }
    guard input.count >= 2 else { return false }
    input.consume(2)
    state = .chunkSize
    return true
  }

  private mutating func readTrailers(
    _ input: inout ByteBuffer, _ scanner: inout HeadScanner, _ limits: RequestParser.Limits
  ) throws(HTTPError) -> Step {
    guard let end = try scanner.end(in: input.bytes, limits: limits) else {
      state = .trailers(scanner)
      return .more
    }
    let trailers = try Headers(parsing: input.bytes.extracting(0..<end), scanner)
    input.consume(end)
    state = .finished
    return .end(trailers)
  }
}
