/// The rules for the label of a clock-in item.
enum ClockinLabel {
  static let longest = 32
  static let complaint = "标签中不得包含空字符或者下列字符之一：# ( ) （ ） 未 且 或 了 但"

  private static let operators: Set<Unicode.Scalar> = ["#", "(", ")", "（", "）", "未", "且", "或"]

  /// A label with one of these could not be written in a filter.
  static func isUsable(_ label: String) -> Bool {
    label.unicodeScalars.allSatisfy { scalar in
      !operators.contains(scalar) && !ClockinFilter.isDropped(scalar)
    }
  }
}
