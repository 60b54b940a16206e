/// In what time the clients of a server that stops are to come back.
struct ReconnectPlan: Equatable, Sendable {
  /// As many as the machine can take, TLS included.
  var handshakesPerSecond = 500
  var shortest = 1_000

  /// The window in milliseconds, within which each client waits a random time.
  ///
  /// Chance puts more into some seconds than into others: with four fifths of what the machine
  /// can take on average, a second with more than that is one in millions.
  func window(connections: Int) -> Int {
    let average = max(handshakesPerSecond * 4 / 5, 1)
    return max(shortest, (connections * 1000 + average - 1) / average)
  }
}
