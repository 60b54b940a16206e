import Bytes
import Deflate

/// Bytes to compress, the same in every run.
enum Samples {
  static func json(_ count: Int) -> [UInt8] {
    var text = ""
    var number = 7
    while text.utf8.count < count {
      number = number &* 48271 % 2_147_483_647
      text +=
        #"{"type":"event","topic":"chat.room.lab-\#(number % 9)","data":{"msg":"\#(number)"}}"#
    }
    return Array(text.utf8.prefix(count))
  }

  static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}

/// A small generator of random numbers that gives the same ones for the same seed.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

func deflated(
  _ bytes: [UInt8], level: Int = 6, windowBits: Int = 15, memLevel: Int = 5
) -> [UInt8] {
  var deflater = Deflater(level: level, memLevel: memLevel)
  var output = ByteBuffer()
  deflater.deflate(bytes.span, windowBits: windowBits, into: &output)
  return [UInt8](output)
}

func inflated(_ bytes: [UInt8], limit: Int = 1 << 20) throws(DeflateError) -> [UInt8] {
  var inflater = Inflater()
  var output = ByteBuffer()
  try inflater.inflate(bytes.span, into: &output, limit: limit)
  return [UInt8](output)
}
