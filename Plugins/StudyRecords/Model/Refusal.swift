internal import JSON
internal import PluginKit

/// The error shape of this system: a word and a sentence.
enum Refusal {
  static let realm = #"Basic realm="Authentication Required""#

  static let shape: ErrorShape = { error, request in
    let answer = response(error.status, word(error.code), sentence(error))
    // With the header a browser would open its own password dialog over our page.
    guard error.code == .unauthorized, request.headers["sec-fetch-dest"] != "empty" else {
      return answer
    }
    return answer.with("WWW-Authenticate", realm)
  }

  static func response(_ status: Int, _ word: String, _ sentence: String) -> Response {
    Response.json(["error": .string(word), "message": .string(sentence)], status: status)
      .with("Cache-Control", "no-store")
  }

  private static func word(_ code: PluginError.Code) -> String {
    switch code {
    case .unreadableBody, .invalid: "bad request"
    case .unauthorized: "unauthorized"
    case .forbidden: "forbidden"
    case .notFound: "not found"
    case .methodNotAllowed: "method not allowed"
    case .conflict: "conflict"
    case .tooLarge: "payload too large"
    case .tooManyRequests: "too many requests"
    case .failure: "internal server error"
    case .unavailable: "service unavailable"
    case .timeout: "gateway timeout"
    }
  }

  private static func sentence(_ error: PluginError) -> String {
    switch error.code {
    case .unauthorized: "Invalid credentials"
    case .forbidden: "Insufficient permissions"
    case .notFound: "not found"
    case .methodNotAllowed: "method not allowed"
    case .unreadableBody: "请求体格式错误。"
    case .tooLarge: "请求体过大。"
    case .tooManyRequests: "请求过于频繁，请稍后再试。"
    case .failure: "服务器错误。"
    case .unavailable, .timeout: "服务器繁忙，请稍后再试。"
    case .invalid, .conflict: error.message
    }
  }
}

extension PluginError {
  static let noSuchThing = PluginError.notFound("not found")
  static let notYours = PluginError.forbidden("Insufficient permissions")
  static let wrongCredentials = PluginError(.unauthorized, "Invalid credentials")
}
