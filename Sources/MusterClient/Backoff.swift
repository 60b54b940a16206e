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
  /// From 0 up to and with the given number.
  let random: @Sendable (Int) -> Int

  mutating func reset() { tries = 0 }

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
    return .wait(milliseconds: random(isEverybodys ? window ?? span : span))
  }
}
