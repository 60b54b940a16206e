internal import JSON
internal import PluginKit

/// The answers of the documented calls, with the result in `res`.
enum Answers {
  static func res(_ text: String, _ data: JSONValue? = nil, status: Int = 200) -> Response {
    var object: JSONObject = ["res": .string(text)]
    object["data"] = data
    return Response.json(.object(object), status: status).with("Cache-Control", "no-store")
  }

  /// `reason` is for people: clients of the document read `res` alone.
  static func missing(_ request: Request, because reason: String? = nil) -> Response {
    let data: JSONValue? = isAboutAccounts(request.path) ? [:] : nil
    guard let reason else { return res("missing parameters", data) }
    var object: JSONObject = ["res": "missing parameters"]
    object["data"] = data
    object["message"] = .string(reason)
    return Response.json(.object(object)).with("Cache-Control", "no-store")
  }

  /// Errors of the caller come with 200, because clients read `res` alone. Errors of the server keep
  /// their status.
  static let shape: ErrorShape = { error, request in
    let status =
      switch error.code {
      case .unauthorized, .forbidden, .invalid, .unreadableBody: 200
      default: error.status
      }
    return res(text(error), isAboutAccounts(request.path) ? [:] : nil, status: status)
  }

  /// Clients compare these: there are no others.
  static let texts = [
    "missing parameters", "not logged in", "not your name", "too large", "too many requests",
    "server error", "try again later",
  ]

  private static func text(_ error: PluginError) -> String {
    switch error.code {
    case .unreadableBody, .invalid, .notFound, .methodNotAllowed, .conflict: texts[0]
    case .unauthorized: texts[1]
    case .forbidden: texts[2]
    case .tooLarge: texts[3]
    case .tooManyRequests: texts[4]
    case .failure: texts[5]
    case .unavailable, .timeout: texts[6]
    }
  }

  private static func isAboutAccounts(_ path: String) -> Bool {
    path.split(separator: "/").contains("auth")
  }
}

extension Request {
  /// A parameter that is there and not empty.
  func given(_ name: String) -> String? {
    guard let value = input(name), !value.isEmpty else { return nil }
    return value
  }

  var seatRequest: SeatRequest { SeatRequest(account: identity?.account, peer: peer) }
}
