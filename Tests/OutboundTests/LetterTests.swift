import PluginKit
import Testing

@testable import Outbound

@Suite struct LetterTests {
  private func text(_ mail: Mail, from: String = "muster@example.edu") -> String {
    let letter = Letter(mail: mail, from: from, id: "m.1", date: 1_795_231_000_000)
    return String(decoding: letter.bytes, as: UTF8.self)
  }

  @Test func `a letter is headers, an empty line and base64`() {
    let letter = text(Mail(to: "li@example.edu", subject: "Hi", text: "你好\n"))
    #expect(
      letter == """
        Date: Sat, 21 Nov 2026 03:16:40 +0000\r
        From: muster@example.edu\r
        To: li@example.edu\r
        Subject: Hi\r
        Message-ID: <m.1@example.edu>\r
        MIME-Version: 1.0\r
        Auto-Submitted: auto-generated\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: base64\r
        \r
        5L2g5aW9Cg==\r\n
        """)
  }

  @Test func `attachments come as parts with their names escaped`() {
    var mail = Mail(to: "li@example.edu", subject: "x", text: "t")
    mail.attachments = [
      .init(name: "报销.txt", contentType: "text/plain", bytes: Array("a".utf8)),
      .init(name: "x\r\ny", contentType: "evil\r\nX: y", bytes: []),
    ]
    let letter = text(mail)
    #expect(letter.contains("multipart/mixed; boundary=\"=_m.1\"\r\n\r\n--=_m.1\r\n"))
    #expect(letter.contains("filename*=UTF-8''%E6%8A%A5%E9%94%80.txt\r\n\r\nYQ==\r\n--=_m.1\r\n"))
    #expect(letter.contains("filename*=UTF-8''x%0D%0Ay"))
    #expect(letter.contains("Content-Type: application/octet-stream"))
    #expect(letter.hasSuffix("--=_m.1--\r\n"))
    #expect(!letter.contains("\r\nX: y"))
  }

  @Test func `no line is longer than mail servers take`() {
    let long = String(repeating: "很长的一行", count: 500)
    let letter = text(Mail(to: "li@example.edu", subject: long, text: long))
    #expect(letter.components("\r\n").allSatisfy { $0.utf8.count <= 78 })
  }

  @Test func `a subject cannot begin a header`() {
    let letter = text(Mail(to: "li@example.edu", subject: "a\r\nBcc: x@y.z", text: ""))
    #expect(!letter.contains("\r\nBcc:"))
  }

  @Test func `encoded words cut no letter and say what was meant`() {
    #expect(EncodedWord.text("plain text") == "plain text")
    #expect(EncodedWord.text("中文") == "=?utf-8?B?5Lit5paH?=")
    #expect(EncodedWord.text("a\nb") == "=?utf-8?B?YSBi?=")
    #expect(EncodedWord.text("=?fake?=").hasPrefix("=?utf-8?B?"))
    let words = EncodedWord.text(String(repeating: "中", count: 40)).components("\r\n ")
    #expect(words.count == 3)
    #expect(words[0] == "=?utf-8?B?" + String(repeating: "5Lit", count: 12) + "?=")
    #expect(words[1] == "=?utf-8?B?" + String(repeating: "5Lit", count: 15) + "?=")
  }

  @Test(arguments: [
    "", "li", "li@", "@x", "a@b@c", "a b@c", "a@b,c@d", "a@b\r\nX: y", "<a@b>", "a@b>",
  ])
  func `what is no single address`(text: String) { #expect(!Letter.isAddress(text)) }

  @Test func `a sender can have a name`() {
    #expect(Letter.isAddress("li.na+x@cs.example.edu"))
    #expect(Letter.address(in: "签到 <muster@example.edu>") == "muster@example.edu")
    let letter = text(Mail(to: "a@b", subject: "", text: ""), from: "签到 <m@example.edu>")
    #expect(letter.contains("From: =?utf-8?B?562+5Yiw?= <m@example.edu>\r\n"))
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
