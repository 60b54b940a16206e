internal import JSON
internal import PluginKit

/// A field of an input that may be left out.
enum OptionalField<Value> {
  case absent
  case null
  case value(Value)

  /// The value to store where `current` is stored now.
  func replacing(_ current: Value?) -> Value? {
    switch self {
    case .absent: current
    case .null: nil
    case .value(let value): value
    }
  }
}

extension OptionalField: Sendable where Value: Sendable {}

/// Reads the fields of an input and gathers the refusals of all of them.
///
/// A field that is refused reads as an empty value. `check` throws before anybody uses that.
struct FieldReader {
  private let members: JSONObject
  private var errors = JSONObject()

  init(_ input: CallInput) { members = input.members }

  /// Throws the documented 400 if any field was refused.
  func check() throws(Refusal) {
    guard errors.isEmpty else { throw Refusal(status: 400, body: .object(errors)) }
  }

  mutating func refuse(_ name: String, _ sentence: String) {
    let known = errors[name]?.array ?? []
    errors[name] = .array(known + [.string(sentence)])
  }

  func has(_ name: String) -> Bool { members[name] != nil }

  /// Whether any of these fields was refused.
  func isRefused(_ names: String...) -> Bool { names.contains { errors[$0] != nil } }

  /// A text that must be there. Blanks around it are dropped.
  mutating func text(_ name: String, longest: Int? = nil, allowsEmpty: Bool = false) -> String {
    required(name) { $0.readText($1, name, longest, allowsEmpty: allowsEmpty) } ?? ""
  }

  /// A password that must be there, with all its blanks.
  mutating func password(_ name: String) -> String {
    if let given = members[name]?.string, !given.isEmpty, !given.utf8.contains(0) { return given }
    return text(name)
  }

  /// A mail address that may be absent, null or empty.
  mutating func optionalMail(_ name: String) -> OptionalField<String> {
    let field = optionalText(name, longest: FieldReader.longestMail)
    guard case .value(let text) = field else { return field }
    guard !text.isEmpty else { return .null }
    if !text.isMailAddress { refuse(name, FieldMessage.badMail) }
    return field
  }

  /// A text that may be absent, null or empty.
  mutating func optionalText(_ name: String, longest: Int? = nil) -> OptionalField<String> {
    optional(name) { $0.readText($1, name, longest, allowsEmpty: true) }
  }

  mutating func integer(_ name: String) -> Int64 {
    required(name) { $0.readInteger($1, name) } ?? 0
  }

  mutating func optionalInteger(_ name: String) -> OptionalField<Int64> {
    optional(name) { $0.readInteger($1, name) }
  }

  /// The id of another object. The caller refuses one that names none with `unknownKey`.
  mutating func key(_ name: String) -> Int64 { required(name) { $0.readKey($1, name) } ?? 0 }

  mutating func optionalKey(_ name: String) -> OptionalField<Int64> {
    if members[name] == .string("") { return .null }
    return optional(name) { $0.readKey($1, name) }
  }

  mutating func moment(_ name: String) -> Moment {
    required(name) { $0.readMoment($1, name) } ?? Moment(microseconds: 0)
  }

  mutating func optionalMoment(_ name: String) -> OptionalField<Moment> {
    optional(name) { $0.readMoment($1, name) }
  }

  mutating func optionalFlag(_ name: String) -> OptionalField<Bool> {
    optional(name) { $0.readFlag($1, name) }
  }

  private mutating func required<Value>(
    _ name: String, _ read: (inout FieldReader, JSONValue) -> Value?
  ) -> Value? {
    guard let value = members[name] else {
      refuse(name, FieldMessage.missing)
      return nil
    }
    guard !value.isNull else {
      refuse(name, FieldMessage.null)
      return nil
    }
    return read(&self, value)
  }

  private mutating func optional<Value>(
    _ name: String, _ read: (inout FieldReader, JSONValue) -> Value?
  ) -> OptionalField<Value> {
    guard let value = members[name] else { return .absent }
    guard !value.isNull else { return .null }
    return read(&self, value).map { .value($0) } ?? .null
  }
}

extension FieldReader {
  /// Longer digits fit no column.
  private static let mostDigits = 19
  private static let longestMail = 254

  private mutating func readText(
    _ value: JSONValue, _ name: String, _ longest: Int?, allowsEmpty: Bool
  ) -> String? {
    let text: String
    switch value {
    case .string(let given): text = given.trimmed
    case .int(let number): text = String(number)
    case .double(let number): text = String(number)
    case .null, .bool, .array, .object, .raw:
      refuse(name, FieldMessage.notText)
      return nil
    }
    if text.isEmpty && !allowsEmpty {
      refuse(name, FieldMessage.empty)
      return nil
    }
    if text.utf8.contains(0) { refuse(name, FieldMessage.nullCharacter) }
    if let longest, text.unicodeScalars.count > longest {
      refuse(name, FieldMessage.tooLong(longest))
    }
    return text
  }

  private mutating func readInteger(_ value: JSONValue, _ name: String) -> Int64? {
    switch value {
    case .int(let number): return number
    case .double:
      if let number = value.int { return Int64(number) }
    case .string(let text):
      let trimmed = text.trimmed
      if trimmed.utf8.count <= FieldReader.mostDigits, let number = Int64(trimmed) {
        return number
      }
    case .null, .bool, .array, .object, .raw: break
    }
    refuse(name, FieldMessage.notInteger)
    return nil
  }

  private mutating func readKey(_ value: JSONValue, _ name: String) -> Int64? {
    switch value {
    case .int(let key): return key
    case .string(""):
      refuse(name, FieldMessage.null)
      return nil
    case .string(let text):
      if let key = Int64(text.trimmed) { return key }
    case .null, .bool, .double, .array, .object, .raw: break
    }
    refuse(name, FieldMessage.notKey(value.frameworkType))
    return nil
  }

  private mutating func readMoment(_ value: JSONValue, _ name: String) -> Moment? {
    if let text = value.string, let moment = Moment(text.trimmed) { return moment }
    refuse(name, FieldMessage.badMoment)
    return nil
  }

  private mutating func readFlag(_ value: JSONValue, _ name: String) -> Bool? {
    switch value {
    case .bool(let flag): return flag
    case .int(0), .string("0"), .string("false"), .string("False"): return false
    case .int(1), .string("1"), .string("true"), .string("True"): return true
    default:
      refuse(name, FieldMessage.notFlag)
      return nil
    }
  }
}

extension String {
  /// One `@` between a name and a domain with a dot, all of it printable ASCII.
  var isMailAddress: Bool {
    let parts = split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, utf8.allSatisfy({ (33...126).contains($0) }) else {
      return false
    }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    return labels.count >= 2 && labels.allSatisfy { !$0.isEmpty }
  }

  /// Without the blanks at both ends.
  var trimmed: String {
    let scalars = unicodeScalars
    let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
    let end = scalars[start...].lastIndex { !$0.properties.isWhitespace }
    return end.map { String(scalars[start...$0]) } ?? ""
  }
}
