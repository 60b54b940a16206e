import Glibc
import Testing

@testable import CheckIn

@Suite struct HoursTests {
  /// The check values of the contract, confirmed with the original's formatter.
  @Test(arguments: [
    (0, "0.00"), (9, "0.00"), (18, "0.01"), (54, "0.02"), (95, "0.03"), (270, "0.07"),
    (131_235, "36.45"),
  ])
  func `a stay is printed as the original printed it`(seconds: Int, text: String) {
    #expect(Hours(milliseconds: Int64(seconds) * 1000).text == text)
  }

  /// Two decimals of the exact binary value, by the C library.
  private func printed(_ number: Double) -> String {
    withVaList([number]) { arguments in
      var text = [CChar](repeating: 0, count: 64)
      vsnprintf(&text, text.count, "%.2f", arguments)
      return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  @Test func `every second of five days is rounded like the C library does it`() {
    var wrong: [Int] = []
    for seconds in 0..<432_000 {
      let hours = Double(seconds * 1000) / 1000 / 60 / 60
      if Hours(milliseconds: Int64(seconds) * 1000).text != printed(hours) { wrong.append(seconds) }
    }
    #expect(wrong.isEmpty)
  }

  @Test(arguments: [
    0.125, 0.375, 0.625, 0.875, 1.005, 2.675, 1e-300, .leastNonzeroMagnitude, 0.004999999999999999,
    0.005,
    123_456_789.125, 0x1p49 + 0.125, 0x1p-11, 0x1p-12, 56.97,
  ])
  func `an awkward number is rounded like the C library does it`(number: Double) {
    #expect(Hours(rounding: number).text == printed(number))
  }

  @Test(arguments: [-1.0, -.infinity, .nan, -0.0])
  func `what is no time is none`(number: Double) { #expect(Hours(rounding: number).text == "0.00") }

  @Test func `a clock that was turned back gives no negative stay`() {
    #expect(Hours(milliseconds: -5000).hundredths == 0)
  }

  @Test func `an endless number does not stop the program`() {
    #expect(Hours(rounding: .infinity).hundredths > 0)
    #expect(Hours(rounding: .greatestFiniteMagnitude).hundredths > 0)
  }

  @Test func `a sum of many stays is exact`() {
    var sum = Hours(hundredths: 0)
    for _ in 0..<10_000 { sum += Hours(hundredths: 3) }
    #expect(sum.text == "300.00")
    #expect(sum.number == 300)
  }
}
