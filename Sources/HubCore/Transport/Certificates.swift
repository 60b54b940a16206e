internal import Loop
internal import Primitives
internal import TLS

/// The certificates that new connections are greeted with; a reload replaces them for all workers.
public final class Certificates: Sendable {
  private let context: Locked<TLSContext>

  init(_ context: TLSContext) { self.context = Locked(context) }

  var current: TLSContext { context.withLock { $0 } }

  /// Connections that exist keep what they began with.
  func replace(with new: TLSContext) { context.withLock { $0 = new } }
}
