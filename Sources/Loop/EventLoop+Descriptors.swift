internal import CLinux

// The descriptors that the loop watches. All of it on the loop's thread only.
extension EventLoop {
  /// Begins to watch a descriptor for the client.
  /// - Parameter token: comes back with every readiness; its highest bit must be clear. An index and
  ///   a generation make a good one: what was ready when the descriptor was closed earlier in the
  ///   same turn is still told, and the generation shows that it is stale.
  public func register(
    _ descriptor: borrowing FileDescriptor, token: UInt64, interest: Interest
  ) throws(LoopError) {
    precondition(token & Poller.ownBit == 0, "the highest bit of a token belongs to the loop")
    try add(descriptor.rawValue, token: token, interest: interest)
  }

  /// Changes what is told about a registered descriptor.
  public func modify(
    _ descriptor: borrowing FileDescriptor, token: UInt64, interest: Interest
  ) {
    checkIsolated()
    let status = poller.control(EPOLL_CTL_MOD, descriptor.rawValue, token, interest.epoll)
    precondition(status == 0, "only a registered descriptor can be modified")
  }

  /// Stops watching. Not needed before a descriptor is closed: closing does it.
  public func remove(_ descriptor: borrowing FileDescriptor) {
    checkIsolated()
    let status = poller.control(EPOLL_CTL_DEL, descriptor.rawValue, 0, 0)
    precondition(status == 0, "only a registered descriptor can be removed")
  }

  /// Names a descriptor that is watched by a closure.
  public struct Watch: Hashable, Sendable {
    let token: UInt64
    let descriptor: Int32
  }

  /// Watches a descriptor with a closure instead of the client: for the few that are not
  /// connections. It is told its own name, to end the watch with. The descriptor may belong to a C
  /// library, but must stay open until `unwatch`.
  @discardableResult public func watch(
    _ descriptor: Int32, interest: Interest, _ action: @escaping (Watch, Readiness) -> Void
  ) throws(LoopError) -> Watch {
    checkIsolated()
    let token = makeOwnToken()
    try add(descriptor, token: token, interest: interest)
    let watch = Watch(token: token, descriptor: descriptor)
    watchers[token] = { action(watch, $0) }
    return watch
  }

  /// Changes what a closure is told.
  public func modify(_ watch: Watch, interest: Interest) {
    checkIsolated()
    let status = poller.control(EPOLL_CTL_MOD, watch.descriptor, watch.token, interest.epoll)
    precondition(status == 0, "only a watched descriptor can be modified")
  }

  /// Forgets the closure; it is not called again, not even for what was ready in this turn.
  public func unwatch(_ watch: Watch) {
    checkIsolated()
    guard watchers.removeValue(forKey: watch.token) != nil else { return }
    // A C library may have closed its descriptor before: then there is nothing left to remove.
    _ = poller.control(EPOLL_CTL_DEL, watch.descriptor, 0, 0)
  }

  private func add(_ descriptor: Int32, token: UInt64, interest: Interest) throws(LoopError) {
    checkIsolated()
    guard poller.control(EPOLL_CTL_ADD, descriptor, token, interest.epoll) == 0 else {
      throw LoopError(.last, "watch a descriptor")
    }
  }
}
