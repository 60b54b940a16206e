/// Timers by the thousand: adding, cancelling and moving one takes constant time and no memory
/// beyond a slot that is used again.
///
/// Time is cut into ticks of 8.4 ms (2²³ ns). A timer never fires early and at most one tick late.
/// Seven levels of 64 slots cover every moment that fits into 64 bits of nanoseconds: a slot on
/// level 0 is one tick, on the next level 64, and so on. When the time of a slot on a higher level
/// comes, its timers move down.
public struct TimerWheel: ~Copyable {
  /// Names one scheduled timer. Once it has fired or was cancelled, the name means nothing any more.
  public struct Timer: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32
  }

  struct Node {
    var token: UInt64
    var due: UInt64  // in ticks
    var next: UInt32
    var previous: UInt32
    var generation: UInt32 = 0
    var list: UInt16
  }

  static let tickShift: UInt64 = 23
  /// The length of a tick in nanoseconds.
  public static let tick: UInt64 = 1 << tickShift
  static let levels = 7
  static let none = UInt32.max
  static let expired = UInt16(levels * 64)
  static let free = UInt16.max

  /// How many timers are waiting.
  public private(set) var count = 0
  // A timer on level L has the same bits above level L as `current`, in a slot behind it there.
  private var current: UInt64  // in ticks
  private var nodes: [Node] = []
  private var firstFree = TimerWheel.none
  // First and last timer of every slot, and behind them of the list of those whose time has come.
  private var heads = [UInt32](repeating: TimerWheel.none, count: levels * 64 + 1)
  private var tails = [UInt32](repeating: TimerWheel.none, count: levels * 64 + 1)
  // One bit per slot that has timers.
  private var occupied = [UInt64](repeating: 0, count: levels)

  /// An empty wheel that stands at `now`, in nanoseconds of a monotonic clock.
  public init(now: UInt64) { current = now >> Self.tickShift }

  /// Adds a timer that gives `token` back at `deadline`, but not before the next tick.
  public mutating func schedule(at deadline: UInt64, token: UInt64) -> Timer {
    let index = takeNode()
    nodes[Int(index)].token = token
    nodes[Int(index)].due = tick(for: deadline)
    place(index)
    count += 1
    return Timer(index: index, generation: nodes[Int(index)].generation)
  }

  /// Takes a timer out and says what its token was; nil if it has fired or was cancelled before.
  @discardableResult public mutating func cancel(_ timer: Timer) -> UInt64? {
    guard isWaiting(timer) else { return nil }
    unlink(timer.index)
    return release(timer.index)
  }

  /// Moves a timer to another moment; false if it has fired or was cancelled before.
  @discardableResult public mutating func rearm(_ timer: Timer, at deadline: UInt64) -> Bool {
    guard isWaiting(timer) else { return false }
    unlink(timer.index)
    nodes[Int(timer.index)].due = tick(for: deadline)
    place(timer.index)
    return true
  }

  /// When to look at the wheel again; nil while it is empty. It may be earlier than the next timer,
  /// never later.
  public var nextDeadline: UInt64? {
    if heads[Int(Self.expired)] != Self.none { return 0 }
    return nextSlot().map { $0.tick << Self.tickShift }
  }

  /// Moves on to `now`; after that `popExpired` has what has come due.
  public mutating func advance(to now: UInt64) {
    let target = now >> Self.tickShift
    while let (level, slot, tick) = nextSlot(), tick <= target {
      current = tick
      empty(slot, on: level)
    }
    current = max(current, target)
  }

  /// The token of a timer whose time has come, in the order of the ticks; nil when there is none left.
  public mutating func popExpired() -> UInt64? {
    let index = heads[Int(Self.expired)]
    guard index != Self.none else { return nil }
    unlink(index)
    return release(index)
  }

  private func isWaiting(_ timer: Timer) -> Bool {
    guard Int(timer.index) < nodes.count else { return false }
    let node = nodes[Int(timer.index)]
    return node.generation == timer.generation && node.list != Self.free
  }

  private func tick(for deadline: UInt64) -> UInt64 {
    let isWhole = deadline & (Self.tick - 1) == 0
    return max(current + 1, (deadline >> Self.tickShift) + (isWhole ? 0 : 1))
  }

  /// The slot whose time comes first. Slots behind `current` are always empty, so the lowest bit
  /// of the lowest level that has any is the one.
  private func nextSlot() -> (level: Int, slot: Int, tick: UInt64)? {
    for level in 0..<Self.levels where occupied[level] != 0 {
      let slot = occupied[level].trailingZeroBitCount
      let above = UInt64(6 * (level + 1))
      let tick = (current >> above) << above | (UInt64(slot) << UInt64(6 * level))
      return (level, slot, tick)
    }
    return nil
  }

  /// Moves the timers of a slot whose first tick is `current` to where they belong now.
  private mutating func empty(_ slot: Int, on level: Int) {
    var index = heads[level * 64 + slot]
    heads[level * 64 + slot] = Self.none
    tails[level * 64 + slot] = Self.none
    occupied[level] &= ~(1 << UInt64(slot))
    while index != Self.none {
      let next = nodes[Int(index)].next
      place(index)
      index = next
    }
  }

  /// Puts a node at the end of the list that its time belongs to.
  private mutating func place(_ index: UInt32) {
    let due = nodes[Int(index)].due
    guard due > current else { return append(index, to: Self.expired) }
    // The highest bit in which the two moments differ names the level.
    let level = (63 - (due ^ current).leadingZeroBitCount) / 6
    let slot = Int(due >> UInt64(6 * level) & 63)
    occupied[level] |= 1 << UInt64(slot)
    append(index, to: UInt16(level * 64 + slot))
  }

  private mutating func append(_ index: UInt32, to list: UInt16) {
    let last = tails[Int(list)]
    nodes[Int(index)].list = list
    nodes[Int(index)].previous = last
    nodes[Int(index)].next = Self.none
    tails[Int(list)] = index
    if last == Self.none {
      heads[Int(list)] = index
    } else {
      nodes[Int(last)].next = index
    }
  }

  private mutating func unlink(_ index: UInt32) {
    let node = nodes[Int(index)]
    let list = Int(node.list)
    if node.previous == Self.none {
      heads[list] = node.next
    } else {
      nodes[Int(node.previous)].next = node.next
    }
    if node.next == Self.none {
      tails[list] = node.previous
    } else {
      nodes[Int(node.next)].previous = node.previous
    }
    if heads[list] == Self.none && node.list != Self.expired {
      occupied[list / 64] &= ~(1 << UInt64(list % 64))
    }
  }

  private mutating func takeNode() -> UInt32 {
    if firstFree != Self.none {
      let index = firstFree
      firstFree = nodes[Int(index)].next
      return index
    }
    precondition(nodes.count < Int(Self.none), "four thousand million timers are too many")
    nodes.append(Node(token: 0, due: 0, next: Self.none, previous: Self.none, list: Self.free))
    return UInt32(nodes.count - 1)
  }

  private mutating func release(_ index: UInt32) -> UInt64 {
    let token = nodes[Int(index)].token
    nodes[Int(index)].generation &+= 1
    nodes[Int(index)].list = Self.free
    nodes[Int(index)].next = firstFree
    firstFree = index
    count -= 1
    return token
  }
}
