internal import Glibc
internal import Rig

struct Options {
  static let usage =
    "usage: hub-fuzz --server PROGRAM [--seconds N] [--seed N] [--rounds N] [--steps N]"

  var server = ""
  var seconds = 60
  var seed = UInt64.random(in: 0..<1_000_000_000)
  var rounds = Int.max
  /// What happens in a round.
  var steps = 600

  init(_ arguments: ArraySlice<String>) throws {
    var words = arguments.makeIterator()
    while let word = words.next() {
      guard let value = words.next() else { throw Fault("\(word) needs a value") }
      switch word {
      case "--server": server = value
      case "--seconds": seconds = try Options.number(value)
      case "--seed": seed = UInt64(try Options.number(value))
      case "--rounds": rounds = try Options.number(value)
      case "--steps": steps = try Options.number(value)
      default: throw Fault("unknown option \(word)")
      }
    }
    if server.isEmpty { throw Fault("--server is missing") }
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text), number >= 0 else { throw Fault("\(text) is no number") }
    return number
  }
}
