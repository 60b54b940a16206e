/// How far the closing of a connection has come (RFC 6455, 7).
///
/// A value without clock or socket: its owner reports what happened and does what it answers.
public struct CloseHandshake: Equatable, Sendable {
  public enum State: Equatable, Sendable {
    /// Neither side has closed. Next: any other.
    case open
    /// Our close frame is out, the peer's is not here. Next: `closed`.
    case waiting(CloseCode)
    /// Both frames have been sent, or nothing more can come. The end.
    case closed
  }

  /// The owner's next step.
  public enum Action: Equatable, Sendable {
    case nothing
    /// Send a close frame and start the deadline; go on reading until the peer's frame comes.
    case sendClose(CloseCode)
    /// Send a close frame, then end the transport once it is out.
    case sendCloseThenEnd(CloseCode)
    /// End the transport.
    case end
  }

  public private(set) var state = State.open
  /// How the connection ended, seen from here: the first close frame, or `abnormal`.
  public private(set) var outcome: CloseCode?

  public init() {}

  /// Whether messages from the peer still count; after a close frame of ours they do not.
  public var takesMessages: Bool { if case .open = state { true } else { false } }

  /// We want to close.
  public mutating func close(_ code: CloseCode) -> Action {
    guard state == .open else { return .nothing }
    state = .waiting(code)
    outcome = code
    return .sendClose(code)
  }

  /// The peer broke the protocol: it is told why, and no answer is awaited.
  public mutating func failed(_ error: WebSocketError) -> Action {
    switch state {
    case .open:
      state = .closed
      outcome = error.closeCode
      return .sendCloseThenEnd(error.closeCode)
    case .waiting:
      state = .closed
      return .end
    case .closed:
      return .nothing
    }
  }

  /// The peer's close frame has come.
  public mutating func received(_ code: CloseCode) -> Action {
    switch state {
    case .open:
      state = .closed
      outcome = code
      // RFC 6455, 5.5.1: the answer echoes the code.
      return .sendCloseThenEnd(code)
    case .waiting:
      state = .closed
      return .end
    case .closed:
      return .nothing
    }
  }

  /// The peer did not answer our close frame in time.
  public mutating func deadlinePassed() -> Action {
    guard case .waiting = state else { return .nothing }
    state = .closed
    return .end
  }

  /// The transport has ended under us.
  public mutating func transportEnded() {
    if state == .open { outcome = .abnormal }
    state = .closed
  }
}
