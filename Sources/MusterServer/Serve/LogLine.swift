internal import Configuration
internal import JSON
internal import PluginKit

/// One line of the log.
struct LogLine {
  private let time: LocalTime
  private let milliseconds: Int
  private let level: Log.Level
  private let message: String
  private let fields: Log.Fields

  /// `moment` in milliseconds since 1970.
  init(at moment: Int64, _ level: Log.Level, _ message: String, _ fields: Log.Fields) {
    time = LocalTime(moment, offsetSeconds: 0)
    milliseconds = Int(max(moment, 0) % 1000)
    self.level = level
    self.message = message
    self.fields = fields
  }

  /// With its end. Fields without a text are left out.
  func text(_ format: LogFormat) -> String {
    let fields = self.fields.filter { !$0.value.description.isEmpty }
    switch format {
    case .text:
      let rest = fields.map { " \($0.key)=\(LogLine.word($0.value))" }.joined()
      return "\(time.date) \(clock)Z \(level) \(LogLine.harmless(message))\(rest)\n"
    case .json:
      var object: JSONObject = [
        "time": .string("\(time.date)T\(clock)Z"), "level": .string("\(level)"),
        "message": .string(message),
      ]
      for (key, value) in fields { object[key] = LogLine.json(value) }
      return "\(JSONValue.object(object))\n"
    }
  }

  private var clock: String {
    let digits = String(milliseconds)
    return "\(time.time)." + String(repeating: "0", count: 3 - digits.utf8.count) + digits
  }

  private static func json(_ value: any LogValue) -> JSONValue {
    switch value {
    case let number as Int: .int(Int64(number))
    case let number as Int64: .int(number)
    case let number as Double: .double(number)
    case let flag as Bool: .bool(flag)
    default: .string(value.description)
    }
  }

  /// In quotes where a reader could take it for more than one field.
  private static func word(_ value: any LogValue) -> String {
    let text = harmless(value.description)
    guard text.utf8.contains(where: { $0 == 0x20 || $0 == 0x22 || $0 == 0x3D }) else {
      return text
    }
    return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
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
