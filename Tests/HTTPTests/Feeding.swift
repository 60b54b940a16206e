import Bytes

@testable import HTTP

/// One request as a server would have understood it.
struct ReadRequest: Equatable {
  var method: Method
  var path: String
  var query: String
  var host: String
  var body: String
  var trailers: Int
  var keepsAlive: Bool
}

/// Everything that came out of an input, and what ended it.
struct Reading: Equatable {
  var requests: [ReadRequest] = []
  var error: HTTPError.Code?
  var unread = 0
}

/// Reads all requests of `text`, which arrives in pieces of `step` bytes.
func read(
  _ bytes: [UInt8], step: Int = .max, limits: RequestParser.Limits = .init(), bodyLimit: Int? = nil
) -> Reading {
  var reader = Reader(limits: limits, bodyLimit: bodyLimit)
  var position = 0
  while position < bytes.count, reader.reading.error == nil {
    let end = step > bytes.count - position ? bytes.count : position + step
    reader.input.append(Array(bytes[position..<end]))
    reader.run()
    position = end
  }
  reader.reading.unread = reader.input.count
  return reader.reading
}

func read(_ text: String, step: Int = .max) -> Reading { read(Array(text.utf8), step: step) }

private struct Reader: ~Copyable {
  var parser: RequestParser
  var input = ByteBuffer()
  var body = ByteBuffer()
  var head: RequestHead?
  var reading = Reading()
  let bodyLimit: Int?

  init(limits: RequestParser.Limits, bodyLimit: Int?) {
    parser = RequestParser(limits: limits)
    self.bodyLimit = bodyLimit
  }

  mutating func run() {
    do throws(HTTPError) {
      while true {
        if head == nil {
          head = try parser.nextHead(&input)
          if head != nil, let bodyLimit { parser.limitBody(to: bodyLimit) }
        }
        guard head != nil, try parser.readBody(&input, into: &body) else { return }
        finish()
      }
    } catch {
      reading.error = error.code
    }
  }

  private mutating func finish() {
    guard let head = head.take() else { return }
    reading.requests.append(
      ReadRequest(
        method: head.method, path: head.path, query: String(head.queryBytes), host: head.host,
        body: String(body), trailers: parser.trailers.count, keepsAlive: head.keepsAlive))
    body.removeAll()
  }
}
