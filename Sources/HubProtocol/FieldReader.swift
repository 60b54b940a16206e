internal import JSON

/// Why a frame is answered with error 107.
struct BadRequest: Error {
  let message: String

  init(_ message: String) { self.message = message }
  init(_ error: JSONError) { message = "not the JSON it should be: \(error)" }
}

/// Goes through the members of one object of a frame: each known name at most once, each value of
/// the right kind and within its length.
struct FieldReader: ~Escapable {
  private(set) var scanner: JSONScanner
  private var name = JSONScanner.Text?.none
  private var seen: UInt16 = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, limits: JSONLimits) throws(BadRequest) {
    scanner = JSONScanner(bytes, limits: limits)
    do { try scanner.enterObject() } catch { throw BadRequest(error) }
  }

  /// Goes on to the next member; `false` at the end of the object.
  mutating func next() throws(BadRequest) -> Bool {
    do {
      name = try scanner.nextMember()
      return name != nil
    } catch { throw BadRequest(error) }
  }

  /// Whether the current member has this name. `bit` is the name's own, to notice a second one.
  mutating func isAt(_ word: StaticString, _ bit: UInt16) throws(BadRequest) -> Bool {
    guard let name, scanner.says(word, name) else { return false }
    guard seen & 1 << bit == 0 else { throw BadRequest("\(word) is there twice") }
    seen |= 1 << bit
    return true
  }

  mutating func finish() throws(BadRequest) {
    do { try scanner.finish() } catch { throw BadRequest(error) }
  }

  @discardableResult
  mutating func skip() throws(BadRequest) -> Range<Int> {
    do { return try scanner.skip() } catch { throw BadRequest(error) }
  }

  /// The kind of the current value; `null` counts as a member that is not there.
  mutating func kind() throws(BadRequest) -> JSONScanner.Kind {
    do { return try scanner.kind() } catch { throw BadRequest(error) }
  }

  /// Takes a `null`, if that is what comes.
  mutating func takesNull() throws(BadRequest) -> Bool {
    guard try kind() == .null else { return false }
    try skip()
    return true
  }

  mutating func string(_ word: StaticString, upTo limit: Int) throws(BadRequest) -> String? {
    if try takesNull() { return nil }
    guard try kind() == .string else { throw BadRequest("\(word) is not a string") }
    do {
      let text = try scanner.string()
      guard text.range.count <= limit else { throw BadRequest("\(word) is too long") }
      return scanner.string(text)
    } catch let error as JSONError {
      throw BadRequest(error)
    } catch let error as BadRequest {
      throw error
    } catch { preconditionFailure("nothing else is thrown there") }
  }

  mutating func bool(_ word: StaticString) throws(BadRequest) -> Bool? {
    if try takesNull() { return nil }
    guard try kind() == .bool else { throw BadRequest("\(word) is not true or false") }
    do { return try scanner.bool() } catch { throw BadRequest(error) }
  }

  /// A whole number that is not negative.
  mutating func count(_ word: StaticString) throws(BadRequest) -> UInt64? {
    guard let number = try integer(word) else { return nil }
    guard number >= 0 else { throw BadRequest("\(word) is negative") }
    return UInt64(number)
  }

  /// At least one; how many are too many is for whoever answers to say.
  mutating func limit() throws(BadRequest) -> Int? {
    guard let limit = try count("limit") else { return nil }
    guard limit > 0 else { throw BadRequest("limit is zero") }
    return Int(clamping: limit)
  }

  mutating func integer(_ word: StaticString) throws(BadRequest) -> Int64? {
    if try takesNull() { return nil }
    guard try kind() == .number else { throw BadRequest("\(word) is not a number") }
    let number: JSONScanner.Number
    do { number = try scanner.number() } catch { throw BadRequest(error) }
    guard case .int(let value) = number else { throw BadRequest("\(word) is not a whole number") }
    return value
  }

  /// A number or string, kept as it is written.
  mutating func echo(_ word: StaticString) throws(BadRequest) -> RequestID? {
    if try takesNull() { return nil }
    let kind = try kind()
    guard kind == .number || kind == .string else {
      throw BadRequest("\(word) is neither a number nor a string")
    }
    let range = try skip()
    guard range.count <= 128 else { throw BadRequest("\(word) is too long") }
    let bytes = scanner.bytes.extracting(range)
    // The scanner has just checked the encoding.
    return RequestID(json: String(copying: UTF8Span(unchecked: bytes)))
  }
}
