internal import CICU

/// Rewrites text in another script by rules of ICU, such as `Han-Latin/Names` or `Hant-Hans`.
///
/// Opening some rules takes a good part of a second. One value serves one thread at a time.
@safe public final class Transliterator {
  /// A text may grow to this many times its length, and by this much besides.
  private static let (growth, spare) = (16, 64)
  private static let longest = 1 << 20

  /// Closed in `deinit`, and reached only by this value's methods before.
  private let rules: UnsafeMutableRawPointer

  /// Nil if ICU has no rules of that name. Several names with semicolons between apply in order.
  public init?(_ name: String) {
    let units = Array(name.utf16)
    let opened = unsafe units.withUnsafeBufferPointer { units -> UnsafeMutableRawPointer? in
      guard let start = units.baseAddress else { return nil }
      return unsafe cicu_open(start, Int32(clamping: units.count))
    }
    guard let opened = unsafe opened else { return nil }
    unsafe rules = opened
  }

  deinit { unsafe cicu_close(rules) }

  /// Nil for a text that is too long or grows too much.
  public func transliterated(_ text: String) -> String? {
    var units = Array(text.utf16)
    let length = units.count
    guard length <= Transliterator.longest else { return nil }
    let capacity = length * Transliterator.growth + Transliterator.spare
    units.append(contentsOf: repeatElement(0, count: capacity - length))
    let written = unsafe units.withUnsafeMutableBufferPointer { units -> Int32 in
      guard let start = units.baseAddress else { return -1 }
      return unsafe cicu_apply(rules, start, Int32(length), Int32(capacity))
    }
    guard written >= 0 else { return nil }
    return String(decoding: units.prefix(Int(written)), as: UTF16.self)
  }
}

@available(*, unavailable) extension Transliterator: Sendable {}
