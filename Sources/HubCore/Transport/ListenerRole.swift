/// A listening address and what is behind it.
public final class ListenerRole: Sendable {
  public enum Purpose: Sendable, Hashable {
    /// Everything: pages, calls, sockets.
    case everything
    /// Health and metrics only.
    case inside
  }

  public let purpose: Purpose
  /// The dialect that answers an upgrade on a path that is nobody else's.
  public let defaultDialect: String?
  let certificates: Certificates?

  var isEncrypted: Bool { certificates != nil }

  init(purpose: Purpose, defaultDialect: String?, certificates: Certificates?) {
    self.purpose = purpose
    self.defaultDialect = defaultDialect
    self.certificates = certificates
  }
}
