/// One moment by two clocks, in milliseconds.
package struct Moment: Sendable, Equatable {
  /// Of a clock that never jumps: the bounds of presence go by it.
  package let steady: Int64
  /// Unix time, which is stored and shown.
  package let wall: Int64

  package init(steady: Int64, wall: Int64) {
    self.steady = steady
    self.wall = wall
  }

  /// The difference between a steady time and the time that people are shown.
  package var shift: Int64 { wall - steady }
}
