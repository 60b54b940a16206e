internal import HTTP
internal import JSON
internal import PluginKit

/// The input of a call: a JSON object, a form, or nothing, which counts as an empty object.
///
/// The published client declares its forms as JSON, so the bytes decide and not their type.
struct CallBody: Sendable {
  private let members: JSONObject

  init(_ request: Request) throws {
    switch request.body {
    case .form(let fields, _):
      members = JSONObject(fields.all.map { ($0.name, .string($0.value)) })
    case .bytes(let bytes): members = try CallBody.read(bytes)
    }
  }

  /// The text of a member; nil if it is absent, null or empty.
  func text(_ name: String) -> String? {
    switch members[name] {
    case .string(let text)? where !text.isEmpty: text
    case .int(let number)?: String(number)
    default: nil
    }
  }

  /// A moment; nil if it is absent, null or empty. Throws the documented 400 for anything else.
  func moment(_ name: String) throws -> Moment? {
    switch members[name] {
    case nil, .null?, .string("")?: return nil
    case .string(let text)?:
      if let moment = Moment(text) { return moment }
    default: break
    }
    throw PluginError.invalid("时间格式错误, 应为yyyy-MM-dd HH:mm:ss")
  }

  private static func read(_ bytes: [UInt8]) throws -> JSONObject {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    guard let first = bytes.first(where: { !blanks.contains($0) }) else { return [:] }
    if let value = try? JSONValue(parsing: bytes), let object = value.object { return object }
    let mayBeForm = first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
    guard mayBeForm, bytes.contains(UInt8(ascii: "=")),
      let form = try? FormFields(decoding: bytes.span)
    else { throw PluginError(.unreadableBody, "the body is neither a JSON object nor a form") }
    return JSONObject(form.fields.map { ($0.name, .string($0.value)) })
  }
}
