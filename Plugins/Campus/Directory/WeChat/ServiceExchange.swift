internal import JSON
internal import PluginKit

/// Asks WeChat's `jscode2session` over HTTPS.
struct ServiceExchange: WeChatExchange {
  static let address = "https://api.weixin.qq.com/sns/jscode2session"
  private static let timeoutSeconds = 8
  /// The codes of WeChat for a code that is wrong, and for one that was used before.
  private static let wrongCodes = [40029, 40163]

  let appID: String
  let secret: String
  let web: any WebService
  let log: Log

  func openID(for code: String) async throws -> String? {
    let query = [
      ("appid", appID), ("secret", secret), ("js_code", code),
      ("grant_type", "authorization_code"),
    ].map { "\($0)=\($1.queryEncoded)" }.joined(separator: "&")
    let call = WebCall(
      "GET", "\(ServiceExchange.address)?\(query)",
      timeoutSeconds: ServiceExchange.timeoutSeconds)
    // The service for calls has logged a failure already, without the query.
    guard let answer = try? await web.call(call), let json = try? JSONValue(parsing: answer.body)
    else { return nil }
    guard let openID = json["openid"]?.string, !openID.isEmpty, openID.utf8.count <= 150 else {
      report(json["errcode"]?.int)
      return nil
    }
    return openID
  }

  private func report(_ code: Int?) {
    if let code, ServiceExchange.wrongCodes.contains(code) { return }
    log.warning(
      "WeChat refused the exchange of a code: look at campus.wechat_app_id and"
        + " campus.wechat_secret", ["errcode": code.map { "\($0)" } ?? "none"])
  }
}
