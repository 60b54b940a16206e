// needs: Bytes HTTP

import Bytes
import HTTP

/// The first byte says what the others are read as and in pieces of what size; reading them whole
/// has to come to the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTP(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 0 else { return 0 }
  let step = Int(start[0] >> 2) + 1
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] & 3 {
  case 2: precondition(readAnswers(bytes, step: .max) == readAnswers(bytes, step: step))
  case 3: precondition(readForm(bytes, step: .max) == readForm(bytes, step: step))
  case 1: precondition(readHeads(bytes, step: .max) == readHeads(bytes, step: step))
  default: precondition(readRequests(bytes, step: .max) == readRequests(bytes, step: step))
  }
  return 0
}

/// Hands `bytes` to `take` in pieces, until it says that it wants no more.
private func feed(_ bytes: [UInt8], step: Int, _ take: (inout ByteBuffer) -> Bool) {
  var input = ByteBuffer()
  var position = 0
  while position < bytes.count {
    let end = min(bytes.count, position + min(step, bytes.count))
    input.append(Array(bytes[position..<end]))
    position = end
    guard take(&input) else { return }
  }
}

private func readRequests(_ bytes: [UInt8], step: Int) -> [String] {
  var parser = RequestParser()
  var body = ByteBuffer()
  var isInside = false
  var seen: [String] = []
  feed(bytes, step: step) { input in
    do throws(HTTPError) {
      while true {
        if !isInside {
          guard let head = try parser.nextHead(&input) else { return true }
          seen.append(look(at: head))
          isInside = true
        }
        guard try parser.readBody(&input, into: &body) else { return true }
        isInside = false
        seen.append("\([UInt8](body)) \(parser.trailers.count)")
        body.removeAll()
      }
    } catch {
      seen.append(error.reason)
      return false
    }
  }
  return seen
}

/// As a server reads that answers every request without its body.
private func readHeads(_ bytes: [UInt8], step: Int) -> [String] {
  var parser = RequestParser()
  var seen: [String] = []
  feed(bytes, step: step) { input in
    do throws(HTTPError) {
      while let head = try parser.nextHead(&input) { seen.append(look(at: head)) }
      return true
    } catch {
      seen.append(error.reason)
      return false
    }
  }
  return seen
}

/// Reads all that a server might want to know of a request.
private func look(at head: RequestHead) -> String {
  precondition(head.path.utf8.first == UInt8(ascii: "/") || head.path == "*")
  precondition(head.version == .http10 || !head.host.isEmpty)
  let headers = head.headers
  for index in 0..<headers.count {
    precondition(!String(headers.name(at: index)).isEmpty)
    precondition(!String(headers.value(at: index)).utf8.contains { $0 == 0x0A || $0 == 0x0D })
  }
  let facts = [
    "\(Cookies(headers).cookies.count)", "\(headers.accepts(encoding: "gzip"))",
    "\(String(describing: headers.preferredType(among: [.html, .json])))",
    "\(String(describing: headers.preferredLanguage(among: ["zh", "en"])))",
    "\(String(describing: Authorization(headers)?.basic?.user))",
    "\(String(describing: Origin(headers)))", "\(String(describing: ContentType(headers)))",
    "\(head.evaluateConditions(tag: EntityTag("a"), modified: HTTPDate(unixSeconds: 0)))",
    "\(head.range(ofSize: 100, tag: EntityTag("a")))", "\((try? head.query())?.fields.count ?? -1)",
  ]
  return "\(head.method) \(head.path) \(head.host) \(head.body) \(facts)"
}

private func readAnswers(_ bytes: [UInt8], step: Int) -> [String] {
  var parser = ResponseParser()
  var body = ByteBuffer()
  var isInside = false
  var seen: [String] = []
  feed(bytes, step: step) { input in
    do throws(HTTPError) {
      while true {
        if !isInside {
          guard let head = try parser.nextHead(&input, answering: .get) else { return true }
          seen.append("\(head.status) \(head.keepsAlive) \(head.body) \(head.headers.count)")
          isInside = true
        }
        guard try parser.readBody(&input, into: &body) else { return true }
        isInside = false
        seen.append("\([UInt8](body))")
        body.removeAll()
      }
    } catch {
      seen.append(error.reason)
      return false
    }
  }
  return seen
}

private func readForm(_ bytes: [UInt8], step: Int) -> [String] {
  guard var parser = try? MultipartParser(boundary: "XX") else { return [] }
  var content: [UInt8] = []
  var seen: [String] = []
  feed(bytes, step: step) { input in
    do throws(HTTPError) {
      while let event = try parser.next(&input) {
        switch event {
        case .partBegan(let part): seen.append("\(part.name) \(check(part.fileName))")
        case .bytes(let piece): content += piece
        case .partEnded:
          seen.append("\(content)")
          content = []
        case .finished: seen.append("finished")
        }
      }
      return true
    } catch {
      seen.append(error.reason)
      return false
    }
  }
  return seen
}

private func check(_ fileName: String?) -> String {
  guard let fileName else { return "" }
  precondition(
    !fileName.isEmpty && fileName != "." && fileName != ".." && fileName.utf8.count <= 255)
  precondition(!fileName.utf8.contains { $0 == 0x2F || $0 == 0x5C || $0 < 0x20 })
  return fileName
}
