import JSON

/// The clients that are away, and since when, while their server is restarted. Times are
/// nanoseconds of the generator's clock.
struct Storm: Sendable {
  /// The record of one client that comes back.
  private struct Absence {
    /// How often it has tried since it was lost.
    var tries = 0
    /// The rest of the announced window, in milliseconds.
    var left = 0
    /// When it was to come back.
    var due: UInt64 = 0
    var isAway = false
  }

  private var absences: [Absence]
  /// The announced window, in milliseconds.
  var window = 0
  /// When the first client was lost, and the last one was back.
  private(set) var beganAt: UInt64?
  private(set) var endedAt: UInt64 = 0
  private(set) var away = 0
  private(set) var tries = 0
  /// When each TLS handshake was complete, and when its client was to come: where the machine is
  /// busy, the first are bunched.
  private var handshakes: [UInt64] = []
  private var dues: [UInt64] = []

  init(clients: Int) { absences = [Absence](repeating: Absence(), count: clients) }

  /// A client's line has ended; how many milliseconds it waits before it comes back.
  ///
  /// The first time that is a random part of the announced window. A client that finds no server waits for a
  /// random part of what is left of it, and then longer each time.
  mutating func lost(_ client: Int, at now: UInt64) -> Int {
    beganAt = beganAt ?? now
    if absences[client].isAway {
      absences[client].tries += 1
      tries += 1
    } else {
      absences[client] = Absence(left: window, isAway: true)
      away += 1
    }
    let span = min(20_000, 500 << min(absences[client].tries, 10))
    let isFirst = absences[client].tries == 0
    let wait = Int.random(in: 0...(isFirst ? window : max(span, absences[client].left)))
    absences[client].left = max(0, absences[client].left - wait)
    absences[client].due = now + UInt64(wait) * 1_000_000
    return wait
  }

  /// A client's handshake is complete.
  mutating func shook(_ client: Int, at now: UInt64) {
    handshakes.append(now)
    dues.append(absences[client].due)
  }

  /// A client is where it was before; `true` if nobody is missing any more.
  mutating func isBack(_ client: Int, at now: UInt64) -> Bool {
    guard absences[client].isAway else { return false }
    absences[client].isAway = false
    away -= 1
    tries += 1
    endedAt = now
    return away == 0
  }

  var figures: Figures {
    Figures(
      clients: absences.count, away: away, window: window, tries: tries,
      milliseconds: Int((endedAt &- (beganAt ?? endedAt)) / 1_000_000),
      peak: Storm.peak(of: handshakes), peakDue: Storm.peak(of: dues))
  }

  /// The most that came within any one second.
  static func peak(of moments: [UInt64]) -> Int {
    let sorted = moments.sorted()
    var most = 0
    var first = 0
    for (place, moment) in sorted.enumerated() {
      while moment - sorted[first] >= 1_000_000_000 { first += 1 }
      most = max(most, place - first + 1)
    }
    return most
  }

  /// The result of a storm.
  struct Figures: Sendable {
    let clients: Int
    /// The clients that did not come back.
    let away: Int
    let window: Int
    /// Connections that were tried, those included that found nobody.
    let tries: Int
    /// From the first that was lost to the last that was back.
    let milliseconds: Int
    /// Handshakes in the second that had most.
    let peak: Int
    /// The same, by when their clients were to come.
    let peakDue: Int

    var json: [(String, JSONValue)] {
      [
        ("away", .init(away)), ("window_ms", .init(window)), ("tries", .init(tries)),
        ("back_after_ms", .init(milliseconds)), ("peak_handshakes", .init(peak)),
        ("peak_due", .init(peakDue)),
      ]
    }

    func table(_ name: String) -> String {
      var table = Table(["target", "clients", "window ms", "all back ms", "tries", "peak /s"])
      table.add([
        name, "\(clients)", "\(window)", away == 0 ? "\(milliseconds)" : "\(away) away",
        "\(tries)", "\(peak)",
      ])
      return table.text
    }
  }
}
