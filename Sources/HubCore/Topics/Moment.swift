/// One moment by two clocks, in milliseconds.
struct Moment: Sendable, Equatable {
  /// Of a clock that never jumps: the bounds of presence go by it.
  let steady: Int64
  /// Unix time, which is stored and shown.
  let wall: Int64

  /// The difference between a steady time and the time that people are shown.
  var shift: Int64 { wall - steady }
}
