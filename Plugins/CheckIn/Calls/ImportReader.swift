internal import JSON
internal import PluginKit

/// Reads the people of an import.
enum ImportReader {
  /// Ten thousand people fit.
  static let largestBody = 8 << 20
  /// People in one call from an open network without a login: an import fits, a flood does not.
  static let maxByStrangers = 2000

  static func body(of request: Request) throws -> JSONValue {
    guard case .bytes(let bytes) = request.body else {
      throw PluginError.invalid("需要JSON")
    }
    do {
      return try JSONValue(
        parsing: bytes, limits: JSONLimits(bytes: largestBody, values: 1_000_000))
    } catch {
      throw PluginError(.unreadableBody, "the body is not JSON: \(error)")
    }
  }

  /// At most so many characters, none of them a control character.
  static func isShort(_ text: String, _ longest: Int) -> Bool {
    !text.isEmpty && text.unicodeScalars.count <= longest
      && text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
  }
}

extension NewPerson {
  /// Throws the error in the words of the system if `value` is no person.
  init(_ value: JSONValue) throws {
    guard case .object = value else { throw PluginError.invalid("用户应为JSON对象") }
    guard let number = value["studentid"]?.string, AttendanceStore.isPlausible(number) else {
      throw PluginError.invalid("学号无效")
    }
    func wrong(_ what: String) -> PluginError { .invalid("\(number)的\(what)无效") }
    guard let name = value["name"]?.string, ImportReader.isShort(name, 30) else {
      throw wrong("姓名")
    }
    self.init(name: name, number: number)
    week = try NewPerson.hours(value["weekTime"]) ?? { throw wrong("weekTime") }()
    total = try NewPerson.hours(value["totalTime"]) ?? { throw wrong("totalTime") }()
    switch value["status"] ?? .null {
    case .null, .int(0): isPresent = false
    case .int(1): isPresent = true
    default: throw wrong("status")
    }
    if let mailbox = try NewPerson.text(value["qq"], or: wrong("qq")) {
      guard Notifications.isMailbox(mailbox) else { throw wrong("qq") }
      self.mailbox = mailbox
    }
    avatar = try NewPerson.text(value["avatar"], or: wrong("avatar"))
  }

  private static func hours(_ value: JSONValue?) -> Hours? {
    guard let value, !value.isNull else { return Hours(hundredths: 0) }
    guard let number = value.double, number >= 0, number < 1e9 else { return nil }
    return Hours(rounding: number)
  }

  private static func text(_ value: JSONValue?, or error: PluginError) throws -> String? {
    guard let value, !value.isNull else { return nil }
    guard let text = value.string, ImportReader.isShort(text, 20) else { throw error }
    return text
  }
}
