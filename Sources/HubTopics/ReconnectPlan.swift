/// In what time the clients of a server that stops are to come back.
package struct ReconnectPlan: Equatable, Sendable {
  /// As many as the machine can take, TLS included.
  package var handshakesPerSecond = 500
  package var shortest = 1_000

  package init(handshakesPerSecond: Int = 500, shortest: Int = 1_000) {
    self.handshakesPerSecond = handshakesPerSecond
    self.shortest = shortest
  }

  /// The window in milliseconds, within which each client waits a random time.
  ///
  /// Chance puts more into some seconds than into others: with four fifths of what the machine
  /// can take on average, a second with more than that is one in millions.
  package func window(connections: Int) -> Int {
    let average = max(handshakesPerSecond * 4 / 5, 1)
    return max(shortest, (connections * 1000 + average - 1) / average)
  }
}
