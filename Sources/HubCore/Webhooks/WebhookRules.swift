internal import PluginKit

/// To whom it is told who comes and goes, and what of it.
public struct WebhookRules: Sendable, Hashable {
  public enum Kind: String, Sendable, CaseIterable {
    case userOnline = "user.online"
    case userOffline = "user.offline"
    case topicOccupied = "topic.occupied"
    case topicVacated = "topic.vacated"
    case screenStale = "screen.stale"
    case screenCurrent = "screen.current"
  }

  public var url: String
  /// Signs what is sent, so that the receiver knows where it comes from.
  public var secret: String
  public var kinds: Set<Kind>
  /// A user that is back within this time was never away.
  public var quietSeconds = 10

  public init(url: String, secret: String, kinds: Set<Kind> = Set(Kind.allCases)) {
    self.url = url
    self.secret = secret
    self.kinds = kinds
  }

  var quietMilliseconds: Int64 { Int64(quietSeconds) * 1000 }

  /// Is anything told of users, or of topics?
  func cares(for subject: WebhookSubject) -> Bool {
    kinds.contains(subject.kind(isThere: true)) || kinds.contains(subject.kind(isThere: false))
  }
}

/// The subject of an event. Events of one subject are told in their order.
enum WebhookSubject: Hashable, Sendable {
  case user(String)
  case topic(String)

  func kind(isThere: Bool) -> WebhookRules.Kind {
    switch self {
    case .user: isThere ? .userOnline : .userOffline
    case .topic: isThere ? .topicOccupied : .topicVacated
    }
  }

  /// As the store knows it.
  var text: String {
    switch self {
    case .user(let id): "user:\(id)"
    case .topic(let name): "topic:\(name)"
    }
  }

  init?(_ text: String) {
    if text.hasPrefix("user:") {
      self = .user(String(text.dropFirst("user:".count)))
    } else if text.hasPrefix("topic:") {
      self = .topic(String(text.dropFirst("topic:".count)))
    } else {
      return nil
    }
  }
}

/// For a server without webhooks.
struct NoWeb: WebService {
  func call(_ call: WebCall) async throws -> WebAnswer { throw PluginError(.unavailable, "no web") }
}
