internal import JSON

/// A span of time in hundredths of an hour, the unit in which the system counts and prints.
///
/// Sums of whole hundredths are exact however many stays come together; with `Double` they would
/// drift to `1.0299999`.
struct Hours: Sendable, Hashable {
  /// The hundredths that a table may hold. A sum of two does not overflow.
  static let bounds = 0...1 << 56

  var hundredths: Int

  init(hundredths: Int) { self.hundredths = hundredths }

  /// The length of a stay in the documented arithmetic: milliseconds divided by 1000, 60 and 60 as
  /// doubles, and then two decimals of the exact value of that double.
  init(milliseconds: Int64) {
    self.init(rounding: Double(max(0, milliseconds)) / 1000 / 60 / 60)
  }

  /// The two decimals that C's `%.2f` prints: the exact binary value rounded, and the even
  /// neighbour where it lies just between two.
  init(rounding number: Double) {
    guard number > 0 else {
      self.init(hundredths: 0)
      return
    }
    guard number < 0x1p50 else {
      self.init(hundredths: Hours.bounds.upperBound)
      return
    }
    // number = significand · 2^-shift exactly, and a hundred times the significand still fits.
    let isSubnormal = number.exponentBitPattern == 0
    let hidden: UInt64 = isSubnormal ? 0 : 1 << 52
    let hundredfold = (number.significandBitPattern | hidden) * 100
    let shift = 1075 - (isSubnormal ? 1 : Int(number.exponentBitPattern))
    guard shift < 64 else {
      self.init(hundredths: 0)
      return
    }
    let whole = hundredfold >> UInt64(shift)
    let rest = hundredfold & ((1 << UInt64(shift)) - 1)
    let half: UInt64 = 1 << UInt64(shift - 1)
    let isUp = rest > half || (rest == half && !whole.isMultiple(of: 2))
    self.init(hundredths: Int(whole) + (isUp ? 1 : 0))
  }

  /// The closest double, whose shortest form has two decimals at most: `1.0`, `0.35`, `123.5`.
  var number: Double { Double(hundredths) / 100 }

  /// Always with two decimals: `0.03`, `2.10`.
  var text: String {
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  static func += (sum: inout Hours, more: Hours) { sum.hundredths += more.hundredths }
}
