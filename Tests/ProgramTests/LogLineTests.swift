import Configuration
import PluginKit
import Testing

@testable import MusterServer

@Suite struct `A line of the log` {
  // Sunday, 6 November 1994, 08:49:37.
  private static let moment: Int64 = 784_111_777_042

  private func line(_ message: String, _ fields: Log.Fields, _ format: LogFormat) -> String {
    LogLine(at: Self.moment, .warning, message, fields).text(format)
  }

  @Test func `is for people or for collectors`() {
    let fields: Log.Fields = ["path": "/a b"]
    #expect(line("slow", fields, .text) == "1994-11-06 08:49:37.042Z warning slow path=\"/a b\"\n")
    #expect(
      line("slow", fields, .json)
        == #"{"time":"1994-11-06T08:49:37.042Z","level":"warning","message":"slow","path":"/a b"}"#
        + "\n")
  }

  @Test func `keeps numbers and flags as such in JSON, and fields apart in text`() {
    let fields: Log.Fields = [
      "status": 404, "at": Int64(7), "share": 0.5, "demo": true, "number": "2100301419", "to": "",
    ]
    #expect(
      line("x", fields, .json).hasSuffix(
        #""status":404,"at":7,"share":0.5,"demo":true,"number":"2100301419"}"# + "\n"))
    #expect(
      line("x", ["name": #"li" level=error \"#], .text).hasSuffix(
        #" x name="li\" level=error \\""# + "\n"))
  }

  @Test(arguments: ["\n", "\r\n", "\u{1B}", "\u{9B}", "\u{7F}", "\u{2028}", "\u{202E}", "\0"])
  func `lets nobody else's text begin a line or steer a terminal`(mark: String) {
    let text = line("a\(mark)b", ["name": "c\(mark)d"], .text)
    let blank = String(repeating: " ", count: mark.unicodeScalars.count)
    #expect(text == "1994-11-06 08:49:37.042Z warning a\(blank)b name=\"c\(blank)d\"\n")
    let packed = line("a\(mark)b", [:], .json)
    #expect(packed.unicodeScalars.filter { $0.value < 0x20 }.count == 1)
  }
}
