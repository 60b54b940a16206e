internal import Bytes

/// The one way in which the transport speaks to what lies above it.
///
/// All calls come on the actor that owns the transport. The transport keeps a connection's
/// `conversation` for the handler and never looks into it.
protocol ConnectionHandler: Actor {
  /// Bytes can be exchanged from now on: the TLS handshake is over, or there is none.
  func opened(_ connection: Connection)

  /// Decrypted bytes lie in `buffers.plaintextIn`. Answers to this very connection gather in
  /// `buffers.plaintextOut`, and `sendPlaintext` sends them as one record.
  func received(_ connection: Connection, _ buffers: inout IOBuffers)

  /// The memory for bytes that cannot be decrypted yet has changed.
  func heldInputChanged(_ connection: Connection)

  /// A connection that was given to `resumeLater` may go on with what it kept.
  func resumed(_ connection: Connection, _ buffers: inout IOBuffers)

  /// The peer sends nothing more.
  func inputEnded(_ connection: Connection)

  /// The timer of an open connection fired.
  func timerFired(_ connection: Connection)

  /// Everything that was queued is with the kernel.
  func hasRoom(_ connection: Connection)

  /// The kernel has taken only a part of what it was given.
  func stalled(_ connection: Connection)

  /// Too much waits for the peer.
  func fellBehind(_ connection: Connection, _ backlog: Backlog)

  /// An open connection ends; the call comes once, while its conversation is still there.
  func ended(_ connection: Connection, _ how: ConnectionEnding)

  /// Writes the answer to a peer that speaks HTTP without encryption where encryption is expected.
  func answerPlainHTTP(into output: inout ByteBuffer)
}

/// Why too much waits for a peer.
enum Backlog {
  /// The peer does not read what it is owed.
  case unread
  /// Its subscription takes too long to be set up.
  case unsettled
}

/// How a connection came to its end.
enum ConnectionEnding: Equatable {
  case lost
  case ended
  case closedByPeer(UInt16)
}
