/// Everything an `error` frame can say. The connection stays open after each of them.
public enum ClientError: Int, Error, Sendable, CaseIterable {
  case internalError = 100
  case unauthorized = 101
  case unknownTopic = 102
  case permissionDenied = 103
  case unknownType = 104
  case alreadySubscribed = 105
  case limitExceeded = 106
  case badRequest = 107
  case notAvailable = 108
  case tokenExpired = 109
  case tooManyRequests = 111
  case unrecoverablePosition = 112
  case roomFull = 120

  /// The word for programs.
  public var reason: StaticString {
    switch self {
    case .internalError: "internal"
    case .unauthorized: "unauthorized"
    case .unknownTopic: "unknown_topic"
    case .permissionDenied: "permission_denied"
    case .unknownType: "unknown_type"
    case .alreadySubscribed: "already_subscribed"
    case .limitExceeded: "limit_exceeded"
    case .badRequest: "bad_request"
    case .notAvailable: "not_available"
    case .tokenExpired: "token_expired"
    case .tooManyRequests: "too_many_requests"
    case .unrecoverablePosition: "unrecoverable_position"
    case .roomFull: "room_full"
    }
  }

  /// The sentence for people, where nothing more exact is known.
  public var message: StaticString {
    switch self {
    case .internalError: "something went wrong here; try again"
    case .unauthorized: "log in first"
    case .unknownTopic: "there is no such topic"
    case .permissionDenied: "you may not do this"
    case .unknownType: "frames of this type are not known here"
    case .alreadySubscribed: "you are subscribed to this topic already"
    case .limitExceeded: "that is more than is allowed"
    case .badRequest: "this frame makes no sense"
    case .notAvailable: "this is not available now"
    case .tokenExpired: "your token has expired"
    case .tooManyRequests: "slow down"
    case .unrecoverablePosition: "the history does not reach back so far"
    case .roomFull: "there is no place left"
    }
  }

  /// Whether the same request can succeed later without a change.
  public var isTemporary: Bool { self == .internalError || self == .tooManyRequests }
}
