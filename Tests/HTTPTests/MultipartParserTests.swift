import Bytes
import Testing

@testable import HTTP

/// What came out of a form, with the pieces of each part joined.
private struct Form: Equatable {
  var parts: [String] = []
  var isFinished = false
  var error: HTTPError.Code?
  private var content: [UInt8] = []

  init(
    _ bytes: [UInt8], boundary: String = "XX", step: Int = .max,
    limits: MultipartParser.Limits = .init()
  ) {
    do throws(HTTPError) {
      var parser = try MultipartParser(boundary: boundary, limits: limits)
      var input = ByteBuffer()
      var position = 0
      while position < bytes.count {
        let end = step > bytes.count - position ? bytes.count : position + step
        input.append(Array(bytes[position..<end]))
        while let event = try parser.next(&input) { take(event) }
        position = end
      }
    } catch {
      self.error = error.code
      // How much of a part came out before the error depends on the pieces.
      content = []
    }
  }

  init(_ text: String, step: Int = .max, limits: MultipartParser.Limits = .init()) {
    self.init(Array(text.utf8), step: step, limits: limits)
  }

  private mutating func take(_ event: MultipartEvent) {
    switch event {
    case .partBegan(let part):
      let file = part.fileName.map { " <\($0)>" } ?? ""
      parts.append("\(part.name)\(file) \(part.contentType?.essence ?? "-"): ")
    case .bytes(let bytes):
      content += bytes
    case .partEnded:
      parts[parts.count - 1] += String(decoding: content, as: UTF8.self) + "."
      content = []
    case .finished: isFinished = true
    }
  }
}

@Suite struct `A multipart parser` {
  static let form = """
    --XX\r
    Content-Disposition: form-data; name="title"\r
    \r
    报修\r
    --XX\r
    content-disposition: Form-Data; name="file"; filename="a b.txt"\r
    Content-Type: text/plain; charset=utf-8\r
    \r
    \r
    --X \r\n--XY\r-\n\r\n--\r
    \r
    --XX\r
    Content-Disposition: form-data; name=empty\r
    \r
    \r
    --XX--\r
    epilogue
    """

  @Test(arguments: [Int.max, 1, 2, 3, 5, 8, 13, 64])
  func `takes a form apart, whatever the pieces`(step: Int) {
    let form = Form(Self.form, step: step)
    #expect(
      form.parts == [
        "title -: 报修.", "file <a b.txt> text/plain: \r\n--X \r\n--XY\r-\n\r\n--\r\n.", "empty -: .",
      ])
    #expect(form.isFinished && form.error == nil)
  }

  @Test func `gives bytes on before the part is complete, and keeps little back`() throws {
    var parser = try MultipartParser(boundary: "XX")
    var input = ByteBuffer()
    input.append("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n")
    _ = try parser.next(&input)
    input.append([UInt8](repeating: 46, count: 200_000))
    input.append("\r\n--X")
    var pieces: [Int] = []
    while case .bytes(let bytes)? = try parser.next(&input) { pieces.append(bytes.count) }
    #expect(pieces == [65536, 65536, 65536, 200_000 - 3 * 65536])
    #expect(input.count == 5)
  }

  @Test func `may begin with a line end`() {
    let form = Form("\r\n--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--XX--")
    #expect(form.parts == ["a -: b."] && form.isFinished)
    #expect(Form("--XX--").isFinished)
  }

  typealias Code = HTTPError.Code
  static let head = "--XX\r\nContent-Disposition: form-data; name=a"

  static let malformed: [(String, Code)] = [
    ("preamble\r\n--XX\r\n", .malformedMultipart), ("--XY\r\n", .malformedMultipart),
    ("--XX \r\n", .malformedMultipart), ("--XX-\r\n", .malformedMultipart),
    ("--XX\n", .malformedMultipart), ("--XX\r\n\r\n", .malformedMultipart),
    ("--XX\r\nContent-Type: a/b\r\n\r\n", .malformedMultipart),
    ("--XX\r\nContent-Disposition: form-data\r\n\r\n", .malformedMultipart),
    ("--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n", .malformedMultipart),
    ("\(head); name=b\r\n\r\n", .malformedMultipart),
    ("\(head); x\r\n\r\n", .malformedMultipart),
    ("\(head); filename=\"a\r\n\r\n", .malformedMultipart),
    ("\(head); filename*=gbk''a\r\n\r\n", .malformedMultipart),
    ("\(head); filename*=utf-8'a\r\n\r\n", .malformedMultipart),
    ("\(head); filename*=utf-8''a b\r\n\r\n", .malformedMultipart),
    ("\(head); filename*=utf-8''%ff\r\n\r\n", .malformedEncoding),
    ("\(head); filename*=utf-8''%f\r\n\r\n", .malformedEncoding),
    ("\(head)\r\nContent-Disposition: form-data; name=b\r\n\r\n", .malformedMultipart),
    ("\(head)\nX: y\r\n\r\n", .bareLineEnd), ("\(head)\r\n X: y\r\n\r\n", .malformedHeader),
    ("\(head)\r\n\r\nx\r\n--XXY", .malformedMultipart),
  ]

  @Test(arguments: malformed)
  func `refuses what is not a form`(text: String, code: Code) {
    #expect(Form(text).error == code)
    #expect(Form(text, step: 1).error == code)
  }

  @Test func `refuses a name that is not UTF-8`() {
    let bytes =
      Array("--XX\r\nContent-Disposition: form-data; name=\"".utf8) + [0xC3, 0x28]
      + Array("\"\r\n\r\n".utf8)
    #expect(Form(bytes).error == .malformedEncoding)
  }

  @Test(arguments: ["", " ", "a ", String(repeating: "a", count: 71), "a\r\n", "a\"b", "ä"])
  func `refuses a boundary that is none`(boundary: String) {
    #expect(throws: HTTPError(.malformedMultipart)) { _ = try MultipartParser(boundary: boundary) }
  }

  @Test func `begins with the headers of a request, if they announce a form`() throws {
    var headers = Headers()
    #expect(try MultipartParser(headers) == nil)
    try headers.append(.contentType, "application/json")
    #expect(try MultipartParser(headers) == nil)
    try headers.set(.contentType, "multipart/form-data; boundary=\"a b\"")
    #expect(try MultipartParser(headers) != nil)
    try headers.set(.contentType, "multipart/form-data")
    #expect(throws: HTTPError(.malformedMultipart)) { _ = try MultipartParser(headers) }
  }

  @Test(arguments: [Int.max, 1]) func `holds its limits at the edge`(step: Int) {
    let part = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n"
    let text = part + part + "--XX--"
    var limits = MultipartParser.Limits()
    limits.parts = 2
    limits.headerBytes = "Content-Disposition: form-data; name=a\r\n".utf8.count
    limits.total = text.utf8.count
    #expect(Form(text, step: step, limits: limits).isFinished)
    limits.parts = 1
    #expect(Form(text, step: step, limits: limits).error == .tooManyFields)
    limits.parts = 2
    limits.headerBytes -= 1
    #expect(Form(text, step: step, limits: limits).error == .headersTooLarge)
    limits.headerBytes += 1
    limits.total -= 1
    #expect(Form(text, step: step, limits: limits).error == .bodyTooLarge)
    limits.total += 1
    #expect(Form(text + "x", step: step, limits: limits).error == .bodyTooLarge)
  }

  @Test(arguments: [Int.max, 1]) func `bounds plain fields together, and no file`(step: Int) {
    let field = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nfive!\r\n"
    let file = "--XX\r\nContent-Disposition: form-data; name=a; filename=a\r\n\r\nfile!\r\n"
    let text = field + file + field + "--XX--"
    var limits = MultipartParser.Limits()
    limits.fieldBytes = 10
    #expect(Form(text, step: step, limits: limits).isFinished)
    limits.fieldBytes = 9
    #expect(Form(text, step: step, limits: limits).error == .bodyTooLarge)
  }
}

@Suite struct `The name of an uploaded file` {
  private func name(_ parameters: String) -> String? {
    let form = Form("--XX\r\nContent-Disposition: form-data; name=a; \(parameters)\r\n\r\n")
    return form.parts.first?.split(separator: "<").last?.split(separator: ">").first.map(
      String.init)
  }

  @Test(arguments: [
    ("filename=a.txt", "a.txt"), ("filename=\"a b.txt\"", "a b.txt"),
    ("filename=\"陈伟.png\"", "陈伟.png"),
    ("filename=\"a\\\"b\"", "a\"b"), ("filename*=UTF-8''%e9%99%88.png", "陈.png"),
    ("filename*=utf-8'zh'a; filename=b", "a"), ("filename=b; filename*=utf-8''a", "a"),
  ])
  func `is read in every way that browsers write it`(parameters: String, expected: String) {
    #expect(name(parameters) == expected)
  }

  @Test(arguments: [
    ("../../etc/passwd", "passwd"), ("C:\\Users\\a\\b.doc", "b.doc"), ("/", "file"), ("..", "file"),
    (".", "file"), ("", "file"), ("a/", "file"), ("a/..", "file"), ("..\\..", "file"),
    ("a\u{0}b\u{1F}c", "abc"), ("x\u{202E}gpj.exe", "xgpj.exe"), (".htaccess", ".htaccess"),
    (String(repeating: "陈", count: 100), String(repeating: "陈", count: 85)),
  ])
  func `leads nowhere`(given: String, kept: String) {
    #expect(MultipartPart.harmless(given) == kept)
  }

  @Test func `is missing from a plain field`() {
    let form = Form("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n")
    #expect(form.parts == ["a -: "])
  }
}

@Suite struct `A mutated form` {
  @Test func `is taken apart the same whole and in pieces`() {
    var generator = SeededGenerator(state: 3)
    for _ in 0..<3000 {
      let bytes = generator.mutate(Array(`A multipart parser`.form.utf8))
      let step = Int.random(in: 1...9, using: &generator)
      #expect(Form(bytes) == Form(bytes, step: step))
    }
  }
}
