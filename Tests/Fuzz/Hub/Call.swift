internal import JSON
internal import Rig

/// A call that the server's own document describes.
struct Call: Sendable {
  private enum Place: String { case query, path }

  private let method: String
  private let path: String
  private let inputs: [(name: String, place: Place)]
  /// The members of its JSON body, if it takes one.
  private let fields: [String]

  /// All of a document, always in the same order.
  static func all(in document: JSONValue) -> [Call] {
    let paths = document["paths"]?.object.map { object in object.map { ($0.key, $0.value) } } ?? []
    return paths.sorted { $0.0 < $1.0 }.flatMap { path, methods in
      ["get", "post", "put", "delete"].compactMap { method in
        methods[method].map { Call(method.uppercased(), path, $0) }
      }
    }
  }

  private init(_ method: String, _ path: String, _ operation: JSONValue) {
    self.method = method
    self.path = path
    inputs = (operation["parameters"]?.array ?? []).compactMap { input in
      guard let name = input["name"]?.string,
        let place = input["in"]?.string.flatMap(Place.init(rawValue:))
      else {
        return nil
      }
      return (name, place)
    }
    let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]
    let object = schema?["anyOf"]?[0] ?? schema
    fields = object?["properties"]?.object.map { $0.map(\.key).sorted() } ?? []
  }

  /// A request for it, well-formed as HTTP.
  func request(_ dice: inout Dice, tokens: [String]) -> String {
    var path = path
    var query: [String] = []
    for input in inputs where !dice.isOne(in: 10) {
      let text = Call.escaped(Call.value(of: input.name, &dice))
      switch input.place {
      case .path: path = path.replacing("{\(input.name)}", with: text)
      case .query: query.append("\(input.name)=\(text)")
      }
    }
    path = path.replacing("{", with: "").replacing("}", with: "")
    let form = query.joined(separator: "&")
    var headers = Call.authorization(&dice, tokens)
    if method == "POST", fields.isEmpty, dice.isOne(in: 2) {
      headers.append(("Content-Type", "application/x-www-form-urlencoded"))
      return Wire.request(method, path, headers: headers, body: form)
    }
    if !form.isEmpty { path += "?" + form }
    guard !fields.isEmpty else { return Wire.request(method, path, headers: headers) }
    headers.append(("Content-Type", "application/json"))
    return Wire.request(method, path, headers: headers, body: body(&dice))
  }

  private func body(_ dice: inout Dice) -> String {
    var draft = Draft("")
    draft.members = fields.compactMap { field in
      dice.isOne(in: 6) ? nil : (field, Call.json(of: field, &dice))
    }
    let body = String(decoding: Mutation.bytes(of: draft, &dice), as: UTF8.self)
    return body.isEmpty ? "{}" : body
  }

  private static func json(of field: String, _ dice: inout Dice) -> String {
    switch field {
    case "data": return Draft.object([("msg", Draft.quoted(HostileText.any(&dice)))])
    case "limit", "before", "after": return dice.pick(HostileText.numbers)
    case "reason": return dice.pick([#""kicked""#, #""rebalance""#])
    default:
      return dice.isOne(in: 6)
        ? dice.pick(HostileText.numbers) : Draft.quoted(value(of: field, &dice))
    }
  }

  /// Mostly what makes sense for an input of that name.
  private static func value(of name: String, _ dice: inout Dice) -> String {
    if dice.isOne(in: 5) { return HostileText.any(&dice) }
    switch name {
    case "topic": return HostileText.topic(&dice)
    case "room_name": return dice.pick(HostileText.rooms)
    case "user_name", "name", "matching": return dice.pick(HostileText.names)
    case "user", "id", "userid": return dice.pick(["u7", "u8", "7", "8", "g:", "999"])
    case "login", "username": return dice.pick(["bllli", "nobody", "\u{212A}"])
    case "password", "user_password": return dice.pick(["123", "tao123456", ""])
    case "user_tel": return "138" + dice.pick(["00000003", "11111111", "22222222", ""])
    case "studentid", "student": return dice.pick(["2100301419", "2100301418", "2100301417"])
    case "status": return dice.pick(["join", "leave", "in", "out", "1"])
    case "grade": return dice.pick(["21", "2", "2100"])
    case "file": return dice.pick(["day.xlsx", "week.xlsx", "export.csv"])
    default: return dice.pick(["1", "2", "3", "21", "true", "K"])
    }
  }

  private static func authorization(_ dice: inout Dice, _ tokens: [String]) -> [(String, String)] {
    guard !tokens.isEmpty, !dice.isOne(in: 4) else { return [] }
    let token = dice.pick(tokens)
    switch dice.roll(4) {
    case 0: return [("Cookie", "token=\(token)")]
    case 1: return [("token", token)]
    default: return [("Authorization", "Bearer \(token)")]
    }
  }

  private static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { path, byte in
      let scalar = Unicode.Scalar(byte)
      if scalar.properties.isAlphabetic && byte < 0x80 || (48...57).contains(byte) {
        path.unicodeScalars.append(scalar)
      } else {
        path += "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
      }
    }
  }
}
