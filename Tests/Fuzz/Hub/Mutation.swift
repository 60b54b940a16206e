/// Ways to spoil a frame.
enum Mutation {
  /// The frame's bytes; most frames stay as they are.
  static func bytes(of draft: Draft, _ dice: inout Dice) -> [UInt8] {
    guard dice.isOne(in: 4) else { return Array(draft.text.utf8) }
    var draft = draft
    for _ in 0...dice.roll(2) { spoil(&draft, &dice) }
    var bytes = Array(draft.text.utf8)
    if dice.isOne(in: 3) { spoil(&bytes, &dice) }
    return bytes
  }

  private static func spoil(_ draft: inout Draft, _ dice: inout Dice) {
    guard !draft.members.isEmpty else { return }
    let place = dice.roll(draft.members.count)
    switch dice.roll(6) {
    case 0: draft.members.remove(at: place)
    case 1: draft.members[place].json = value(&dice)
    case 2: draft.members.insert(draft.members[place], at: dice.roll(draft.members.count + 1))
    case 3:
      draft.members.insert(
        (draft.members[place].name, value(&dice)), at: dice.roll(draft.members.count + 1))
    case 4: draft.members.append((HostileText.any(&dice), value(&dice)))
    default: draft.members.swapAt(place, dice.roll(draft.members.count))
    }
  }

  private static func value(_ dice: inout Dice) -> String {
    switch dice.roll(8) {
    case 0: dice.pick(["null", "true", "[]", "{}", "\"\"", "0"])
    case 1: dice.pick(HostileText.numbers)
    case 2: Draft.quoted(HostileText.any(&dice))
    case 3: #""\ud800""#
    case 4: #""\u0000\uDFFF\u212a""#
    case 5: nested(1 + dice.roll(40))
    case 6: #"{"token":1,"token":"","limit":-1,"before":{},"recover":[],"presence":"yes"}"#
    default: "[" + String(repeating: "0,", count: dice.roll(5000)) + "0]"
    }
  }

  private static func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  private static func spoil(_ bytes: inout [UInt8], _ dice: inout Dice) {
    let place = dice.roll(bytes.count)
    switch dice.roll(5) {
    case 0: bytes.removeSubrange(place...)
    case 1: bytes[place] ^= 1 << UInt8(dice.roll(8))
    case 2: bytes.insert(UInt8(dice.roll(256)), at: place)
    case 3: bytes += bytes
    default: bytes = Array(repeating: UInt8(ascii: " "), count: dice.roll(2000)) + bytes
    }
  }
}
