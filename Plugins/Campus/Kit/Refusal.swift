internal import JSON
internal import PluginKit

/// A documented refusal: a status with a body in the shape of the framework that clients know.
struct Refusal: Error, Equatable {
  let status: Int
  let body: JSONValue

  /// `{"detail":"…"}`
  static func detail(_ sentence: String, status: Int = 400) -> Refusal {
    Refusal(status: status, body: ["detail": .string(sentence)])
  }

  /// `{"<field>":["…"]}`
  static func field(_ name: String, _ sentence: String) -> Refusal {
    Refusal(status: 400, body: .object([name: [.string(sentence)]]))
  }

  /// `{"non_field_errors":["…"]}`, for the object as a whole.
  static func nonField(_ sentence: String) -> Refusal { field("non_field_errors", sentence) }

  static let noSuchPage = detail("无效页面。", status: 404)

  static func unsupportedMediaType(_ type: String) -> Refusal {
    detail("不支持请求中的媒体类型 “\(type)”。", status: 415)
  }

  var response: Response {
    Response.json(body, status: status).with("Cache-Control", "no-store")
  }
}

extension Refusal {
  /// The answer to everything that goes wrong around a handler.
  static let shape: ErrorShape = { error, request in
    let answer = detail(sentence(error, request), status: error.status).response
    return error.code == .unauthorized ? answer.with("WWW-Authenticate", "Token") : answer
  }

  private static func sentence(_ error: PluginError, _ request: Request) -> String {
    switch error.code {
    case .unreadableBody: "请求格式错误。"
    case .invalid, .conflict: error.message
    case .unauthorized: unauthorized(error, request)
    case .forbidden: "您没有执行该操作的权限。"
    case .notFound: "未找到。"
    case .methodNotAllowed: "方法 “\(request.method.rawValue)” 不被允许。"
    case .tooLarge: "请求体过大。"
    case .tooManyRequests: "请求超过了限速。"
    case .failure: "服务器出现了错误。"
    case .unavailable, .timeout: "服务器繁忙，请稍后再试。"
    }
  }

  /// The hub's own ways in are documented nowhere; their refusals get the nearest sentence.
  private static func unauthorized(_ error: PluginError, _ request: Request) -> String {
    if let refusal = TokenRefusal(rawValue: error.message) { return refusal.rawValue }
    let carriesToken =
      request.headers["authorization"] != nil || request.headers["token"] != nil
      || request.cookies["token"] != nil
    return (carriesToken ? TokenRefusal.unknown : .missing).rawValue
  }
}
