import Bytes
import Testing

@Suite struct `A UTF-8 validator` {
  static let good: [[UInt8]] = [
    [], Array("plain text, longer than a word".utf8), Array("κόσμε 课堂签到 😀 é".utf8),
    [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF],
    [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
  ]
  static let bad: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
    [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
    [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xC3, 0x28], [0xE4, 0xBD, 0x20],
    [0xE4, 0x20, 0xA0], [0xF1, 0x80, 0x80, 0x41],
  ]

  @Test(arguments: good) func `accepts what is UTF-8, at every split`(text: [UInt8]) {
    let padded = Array("12345678".utf8) + text + Array("tail of it".utf8)
    let whole = UTF8Validator.isValid(padded.span)
    #expect(whole)
    for split in 0...padded.count {
      var validator = UTF8Validator()
      let first = validator.accept(padded.span.extracting(0..<split))
      let second = validator.accept(padded.span.extracting(split..<padded.count))
      #expect(first && second && validator.isComplete)
    }
  }

  @Test(arguments: bad) func `refuses what is not, at every split`(text: [UInt8]) {
    let padded = Array("1234567".utf8) + text + Array("tail".utf8)
    for split in 0...padded.count {
      var validator = UTF8Validator()
      let first = validator.accept(padded.span.extracting(0..<split))
      let second = first && validator.accept(padded.span.extracting(split..<padded.count))
      #expect(!second)
    }
  }

  @Test func `fails at the byte that is wrong, not at the end of the text`() {
    var validator = UTF8Validator()
    let surrogate: [UInt8] = [0xED, 0xA0]
    let first = validator.accept(surrogate.span.extracting(0..<1))
    let second = validator.accept(surrogate.span.extracting(1..<2))
    #expect(first && !second)
  }

  @Test(arguments: [[0xE4], [0xE4, 0xBD], [0xF0, 0x9F, 0x98], [0xC3]] as [[UInt8]])
  func `knows a character that has not ended`(text: [UInt8]) {
    var validator = UTF8Validator()
    let accepted = validator.accept(text.span)
    #expect(accepted && !validator.isComplete)
    let valid = UTF8Validator.isValid(text.span)
    #expect(!valid)
  }

  @Test func `agrees with the standard library on every pair and on many triples`() {
    for first in UInt8.min...UInt8.max {
      for second in UInt8.min...UInt8.max {
        for third: UInt8 in [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0] {
          let bytes = [first, second, third]
          let valid = UTF8Validator.isValid(bytes.span)
          if valid != (String(validating: bytes, as: UTF8.self) != nil) {
            Issue.record("\(bytes)")
          }
        }
      }
    }
  }
}
