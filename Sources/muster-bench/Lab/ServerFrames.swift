/// A whole frame of a server, found at the front of what has come.
///
/// The generator's own reader: a dashboard's frames are to be compared as they came, before
/// anybody inflates them. Muster sends no fragments.
struct WholeFrame {
  let opcode: UInt8
  let isCompressed: Bool
  /// Where its payload lies.
  let payload: Range<Int>

  /// Nil while it is not whole. Throws if it is no frame that Muster sends.
  init?(_ bytes: Span<UInt8>, at start: Int) throws(LabMessage.Fault) {
    guard bytes.count - start >= 2 else { return nil }
    let head = bytes[start]
    guard head & 0x80 != 0, head & 0x30 == 0, bytes[start + 1] & 0x80 == 0 else {
      throw LabMessage.Fault(description: "a frame begins with \(head)")
    }
    opcode = head & 0x0F
    isCompressed = head & 0x40 != 0
    var length = Int(bytes[start + 1])
    var begin = start + 2
    if length >= 126 {
      let count = length == 126 ? 2 : 8
      guard bytes.count - begin >= count else { return nil }
      length = 0
      for place in 0..<count { length = length << 8 | Int(bytes[begin + place]) }
      begin += count
    }
    guard length >= 0, bytes.count - begin >= length else { return nil }
    payload = begin..<(begin + length)
  }
}

/// A whole answer of HTTP, found at the front of what has come.
struct WholeAnswer {
  let status: Int
  let cookie: String?
  let body: Range<Int>

  /// Nil while it is not whole.
  init?(_ bytes: Span<UInt8>) throws(LabMessage.Fault) {
    // The line end of the empty line.
    var end = 3
    while end < bytes.count, bytes[end] != 10 || bytes[end - 2] != 10 { end += 1 }
    guard end < bytes.count else { return nil }
    let head = bytes.extracting(0..<end).withUnsafeBufferPointer {
      String(decoding: $0, as: UTF8.self)
    }
    let lines = head.split(separator: "\r\n")
    func value(_ name: String) -> Substring? {
      lines.dropFirst().first { $0.utf8.count > name.utf8.count && $0.lowercased().hasPrefix(name) }
        .map { $0.dropFirst(name.count).drop { $0 == " " } }
    }
    guard let status = lines.first.flatMap({ Int($0.dropFirst(9).prefix(3)) }),
      let length = value("content-length:").flatMap({ Int($0) })
    else { throw LabMessage.Fault(description: "no answer: \(head)") }
    guard bytes.count - end - 1 >= length else { return nil }
    self.status = status
    cookie = value("set-cookie:").map { String($0.prefix { $0 != ";" }) }
    body = (end + 1)..<(end + 1 + length)
  }
}
