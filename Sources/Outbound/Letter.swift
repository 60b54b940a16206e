internal import Bytes
internal import PluginKit

/// A letter as bytes: the headers of RFC 5322, everything else as MIME wants it.
///
/// Bodies travel as base64, so that no server on the way can break a Chinese line.
struct Letter {
  let mail: Mail
  /// `muster@example.edu`, or `Muster <muster@example.edu>`.
  let from: String
  /// Names this letter for good; a second delivery after a crash carries the same.
  let id: String
  /// Unix milliseconds.
  let date: Int64

  /// The plain address of `Name <address>`.
  static func address(in text: String) -> String {
    guard let open = text.lastIndex(of: "<"), let close = text.lastIndex(of: ">"), open < close
    else { return text }
    return String(text[text.index(after: open)..<close])
  }

  /// Is it one address, and nothing that could be taken for more?
  static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && text.utf8.count <= 254
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.unicodeScalars.allSatisfy {
            $0.value > 32 && $0.value != 127 && !"<>,;:\"()[]\\".unicodeScalars.contains($0)
          }
      }
  }

  var bytes: [UInt8] {
    let domain = Letter.address(in: from).split(separator: "@").last ?? "localhost"
    var lines = [
      "Date: \(MailDate.text(date))", "From: \(sender)", "To: \(mail.to)",
      "Subject: \(EncodedWord.text(mail.subject))", "Message-ID: <\(id)@\(domain)>",
      "MIME-Version: 1.0", "Auto-Submitted: auto-generated",
    ]
    if mail.attachments.isEmpty {
      lines += textPart
    } else {
      lines += ["Content-Type: multipart/mixed; boundary=\"\(boundary)\"", ""]
      lines += ["--\(boundary)"] + textPart
      for attachment in mail.attachments { lines += ["--\(boundary)"] + part(attachment) }
      lines.append("--\(boundary)--")
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }

  /// Cannot stand in a body: base64 has no underscore.
  private var boundary: String { "=_\(id)" }

  private var sender: String {
    let address = Letter.address(in: from)
    guard address != from, let open = from.lastIndex(of: "<") else { return address }
    let name = from[..<open].split(separator: " ").joined(separator: " ")
    return name.isEmpty ? address : "\(EncodedWord.text(name)) <\(address)>"
  }

  private var textPart: [String] {
    [
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
    ] + Letter.folded(Array(mail.text.utf8))
  }

  private func part(_ attachment: Mail.Attachment) -> [String] {
    [
      "Content-Type: \(Letter.type(attachment.contentType))",
      "Content-Transfer-Encoding: base64",
      "Content-Disposition: attachment; filename*=UTF-8''\(Letter.escaped(attachment.name))", "",
    ] + Letter.folded(attachment.bytes)
  }

  /// A content type that could add a header is none.
  private static func type(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 < 127 } && text.contains("/")
    return isPlain ? text : "application/octet-stream"
  }

  /// RFC 8187, 3.2.1: what is not a letter, a digit or one of a few marks is escaped.
  private static func escaped(_ name: String) -> String {
    name.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        String(UnicodeScalar(byte))
      default: "%" + Hex.encode([byte]).uppercased()
      }
    }.joined()
  }

  /// RFC 2045, 6.8: lines of 76 characters.
  private static func folded(_ bytes: [UInt8]) -> [String] {
    stride(from: 0, to: bytes.count, by: 57).map { start in
      Base64.standard.encode(Array(bytes[start..<min(start + 57, bytes.count)]))
    }
  }
}

/// Text in a header (RFC 2047).
enum EncodedWord {
  /// As it is if every server understands it, otherwise as encoded words of at most 75 characters,
  /// none of which cuts a letter.
  static func text(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 < 127 } && text.utf8.count <= 60
    guard !isPlain || text.contains("=?") else { return text }
    var words: [String] = []
    var portion: [UInt8] = []
    for scalar in text.unicodeScalars {
      // Encoded, a line end does no harm on the way; what reads the letter may be less careful.
      let bytes = scalar.value < 32 || scalar.value == 127 ? [32] : Array(String(scalar).utf8)
      // The name of the header stands in front of the first one.
      if portion.count + bytes.count > (words.isEmpty ? 36 : 45) {
        words.append(word(portion))
        portion = []
      }
      portion += bytes
    }
    if !portion.isEmpty { words.append(word(portion)) }
    return words.joined(separator: "\r\n ")
  }

  private static func word(_ bytes: [UInt8]) -> String {
    "=?utf-8?B?\(Base64.standard.encode(bytes))?="
  }
}

/// The date of a letter (RFC 5322, 3.3).
enum MailDate {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func text(_ milliseconds: Int64) -> String {
    let time = LocalTime(milliseconds, offsetSeconds: 0)
    let day = days[time.weekday.rawValue]
    return "\(day), \(time.day) \(months[time.month - 1]) \(time.year) \(time.time) +0000"
  }
}
