internal import Configuration
internal import JSON
internal import PluginKit

/// One line of the log.
struct LogLine {
  private let time: LocalTime
  private let level: Log.Level
  private let message: String
  private let fields: Log.Fields

  /// `moment` in milliseconds since 1970.
  init(at moment: Int64, _ level: Log.Level, _ message: String, _ fields: Log.Fields) {
    time = LocalTime(moment, offsetSeconds: 0)
    self.level = level
    self.message = message
    self.fields = fields
  }

  /// With its end.
  func text(_ format: LogFormat) -> String {
    switch format {
    case .text:
      let rest = fields.map { " \($0.key)=\(LogLine.harmless($0.value))" }.joined()
      return "\(time.dateTime)Z \(level) \(LogLine.harmless(message))\(rest)\n"
    case .json:
      var object: JSONObject = [
        "time": .string("\(time.date)T\(time.time)Z"), "level": .string("\(level)"),
        "message": .string(message),
      ]
      for (key, value) in fields { object[key] = .string(value) }
      return "\(JSONValue.object(object))\n"
    }
  }

  /// Foreign text must neither begin a line of its own nor steer the reader's terminal.
  private static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
