internal import Loop

/// The context that new connections get, which can be replaced while others are served.
/// Connections that are under way keep the context they began with.
public final class ReloadableContext: Sendable {
  private let current: Locked<TLSContext>

  public init(_ context: TLSContext) { current = Locked(context) }

  public var context: TLSContext { current.withLock { $0 } }

  /// Puts other certificates in place if every pair is good; otherwise throws why not, and the old
  /// ones stay. Returns the new context, for its warnings.
  @discardableResult
  public func reload(_ pairs: [CertificatePair]) throws(TLSError) -> TLSContext {
    let fresh = try context.reloaded(pairs)
    current.withLock { $0 = fresh }
    return fresh
  }
}
