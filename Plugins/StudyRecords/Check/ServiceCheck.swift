internal import JSON
internal import PluginKit

/// Asks a service of the college over HTTPS: a POST of `{"stu_id":…,"stu_pwd":…}`.
///
/// The status of the answer decides: 200 is good, 402 a wrong pair. 401 is a captcha that the
/// service read wrong, so the call is repeated.
struct ServiceCheck: StudentCheck {
  private static let tries = 3

  let url: String
  let seconds: Int
  let web: any WebService
  let clock: any WallClock
  let log: Log

  func verify(_ number: String, _ password: String) async -> StudentVerdict {
    let body: JSONValue = ["stu_id": .string(number), "stu_pwd": .string(password)]
    let deadline = clock.now + Int64(seconds) * 1000
    for _ in 0..<ServiceCheck.tries {
      // Zero seconds would mean no limit.
      let left = Int((deadline - clock.now) / 1000)
      guard left >= 1 else { return .unavailable }
      if let verdict = await ask(body.encoded(), seconds: left) { return verdict }
    }
    return .unavailable
  }

  /// Nil if another try may help.
  private func ask(_ body: [UInt8], seconds: Int) async -> StudentVerdict? {
    let call = WebCall(
      "POST", url, headers: [("Content-Type", "application/json")], body: body,
      timeoutSeconds: seconds)
    // The service for calls has logged a failure already, without the body.
    guard let status = try? await web.call(call).status else { return .unavailable }
    switch status {
    case 200: return .good
    case 401: return nil
    case 402: return .badPair
    default:
      log.warning(
        "the student check at study.check_url answered with another status than 200, 401 or 402",
        ["status": status])
      return .unavailable
    }
  }
}
