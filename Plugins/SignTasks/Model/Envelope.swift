internal import JSON
internal import PluginKit

/// The answers of the documented calls: `code` carries the verdict, the HTTP status says nothing.
enum Envelope {
  static func good(_ data: JSONValue) -> Response { answer(true, 0, "", data) }

  static func bad(_ verdict: Verdict) -> Response {
    answer(false, verdict.code, verdict.text, .null)
  }

  private static func answer(
    _ status: Bool, _ code: Int, _ text: String, _ data: JSONValue, http: Int = 200
  ) -> Response {
    let body: JSONValue = [
      "status": .bool(status), "code": JSONValue(code), "msg": .string(text), "data": data,
    ]
    return Response.json(body, status: http).with("Cache-Control", "no-store")
  }

  /// A call that was not handled. Overload and limits keep their HTTP status, so that proxies and
  /// clients that know nothing of envelopes wait as well.
  static let refusal: ErrorShape = { error, _ in
    switch error.code {
    case .unauthorized: answer(false, -2, "当前未登录，请登录", .null)
    case .forbidden: answer(false, 403, "无访问权限", .null)
    case .unreadableBody, .invalid: answer(false, 400, "请求有误", .null)
    case .notFound: answer(false, 404, "页面未找到", .null)
    case .methodNotAllowed: answer(false, 405, "请求方法有误", .null)
    case .conflict: answer(false, 409, "请求有误", .null)
    case .failure: answer(false, 500, "服务器错误", .null)
    case .tooLarge: answer(false, 413, "请求体过大", .null, http: 413)
    case .tooManyRequests: answer(false, 429, "请求过于频繁", .null, http: 429)
    case .unavailable: answer(false, 503, "服务器繁忙，请稍后再试", .null, http: 503)
    case .timeout: answer(false, 504, "服务器繁忙，请稍后再试", .null, http: 504)
    }
  }
}
