internal import JSON
internal import PluginKit

/// The error shape of this system: the envelope, with the code of the path.
///
/// Errors of the caller come with 200, as all documented verdicts do. Errors of the server keep
/// their status.
enum Refusal {
  static let text = "未授权"

  static func response(_ error: PluginError, _ request: Request) -> Response {
    var envelope = Envelope.bad(message(error), code: code(of: request.path))
    switch error.code {
    case .failure, .unavailable, .timeout:
      if isList(request.path) { envelope.data = "查询失败" }
      return envelope.response(status: error.status)
    case .unauthorized, .forbidden, .invalid: return envelope.response()
    case .unreadableBody, .notFound, .methodNotAllowed, .conflict, .tooLarge, .tooManyRequests:
      return envelope.response(status: error.status)
    }
  }

  /// The answer to a browser that only prefetches. It is an error, so that the browser discards it
  /// and the real visit calls again.
  static func prefetch(_ request: Request) -> Response {
    Envelope.bad(text, code: code(of: request.path)).response(status: 403)
  }

  private static func message(_ error: PluginError) -> String {
    switch error.code {
    case .unauthorized, .forbidden: text
    case .unreadableBody: "请求体不是JSON"
    case .tooManyRequests: "请求过于频繁"
    case .tooLarge: "请求体过大"
    case .failure: "服务器错误"
    case .unavailable, .timeout: "服务器繁忙，请稍后再试"
    case .invalid, .notFound, .methodNotAllowed, .conflict: error.message
    }
  }

  private static func code(of path: String) -> Envelope.Code? {
    switch lastPart(path) {
    case "login": .checkInRefused
    case "logout": .checkOutRefused
    case "adduser": .notSaved
    case "report": .notReported
    default: nil
    }
  }

  private static func isList(_ path: String) -> Bool {
    ["topthree", "showonline", "mytimerecored"].contains(lastPart(path))
  }

  private static func lastPart(_ path: String) -> Substring {
    path.split(separator: "/").last ?? ""
  }
}
