internal import WebSocket

/// When to come back after a connection was lost: full jitter over a growing span, or inside the
/// window that the server announced.
struct Backoff: Sendable {
  /// How a connection came to its end, as far as it matters here.
  struct Loss: Equatable {
    var code: CloseCode
    /// Was the client welcomed before?
    var wasLive: Bool
    /// Only we noticed: nothing was heard any more, or it never came about.
    var isOursAlone: Bool
  }

  enum Verdict: Equatable {
    case stop
    case wait(milliseconds: Int)
  }

  static let longest = 20_000
  static let first = 500

  private(set) var tries = 0
  /// The rest of the reconnect window, in milliseconds. A client that comes too early
  /// tries again at some moment of it: if all of these came soon, they would come at once.
  private var left = 0
  /// From 0 up to and with the given number.
  let random: @Sendable (Int) -> Int

  init(random: @escaping @Sendable (Int) -> Int) { self.random = random }

  mutating func reset() {
    tries = 0
    left = 0
  }

  /// - Parameter window: in milliseconds, as the server announced it last.
  mutating func lost(_ loss: Loss, window: Int?) -> Verdict {
    if loss.code.advice == .stop && !loss.isOursAlone { return .stop }
    // When the server goes down, or crashes under everybody, all of its clients come back
    // together; a refusal (41xx) or a silence is this client's alone.
    let isEverybodys =
      loss.wasLive && tries == 0 && !loss.isOursAlone
      && (loss.code.advice == .reconnectInWindow || loss.code == .abnormal)
    let span = min(Backoff.longest, Backoff.first << min(tries, 10))
    tries += 1
    if isEverybodys { left = window ?? span }
    let wait = random(isEverybodys ? left : max(span, left))
    left = max(0, left - wait)
    return .wait(milliseconds: wait)
  }
}
