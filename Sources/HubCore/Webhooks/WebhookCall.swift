internal import Bytes
internal import Crypto
internal import PluginKit

// How a delivery looks to the receiver.
extension WebhookLog.Waiting {
  /// The call, signed at `now` (Unix milliseconds).
  func call(_ rules: WebhookRules, at now: Int64) -> WebCall {
    let seconds = now / 1000
    return WebCall(
      "POST", rules.url,
      headers: [
        ("Content-Type", "application/json"), ("Muster-Event", kind), ("Muster-Delivery", delivery),
        (
          "Muster-Signature",
          "t=\(seconds),v1=\(WebhookSignature.of(body, at: seconds, secret: rules.secret))"
        ),
      ], body: body)
  }
}

/// Proves that a delivery comes from somebody who knows the secret, and when it was sent: without
/// the time in it, whoever has seen one could send it again.
enum WebhookSignature {
  static func of(_ body: [UInt8], at seconds: Int64, secret: String) -> String {
    Hex.encode(
      Digest.sha256.authenticate(Array("\(seconds).".utf8) + body, key: Array(secret.utf8)))
  }
}

/// When a delivery that failed is tried again, and for how long.
enum WebhookPatience {
  static let first: Int64 = 1_000
  static let longest: Int64 = 600_000
  static let life: Int64 = 86_400_000
  /// As many as can be within a delivery's life.
  static let failures = 0...86_400

  /// Milliseconds after so many failures; each doubles the one before.
  ///
  /// - Parameter chance: 0 to 1. Up to a quarter is added, so that many do not come back together.
  static func delay(after failures: Int, chance: Double) -> Int64 {
    let doubled = min(first << Int64(min(max(failures - 1, 0), 20)), longest)
    return doubled + Int64(Double(doubled) * chance / 4)
  }
}
