internal import JSON

/// A frame of protocol 2 as the list of its members, each with its JSON: it can be spoilt in ways
/// that no encoder writes.
struct Draft {
  var members: [(name: String, json: String)]

  init(_ type: String, _ members: [(String, String)] = []) {
    self.members = [("type", Draft.quoted(type))] + members.map { (name: $0.0, json: $0.1) }
  }

  static func quoted(_ text: String) -> String {
    String(decoding: JSONValue.string(text).encoded(), as: UTF8.self)
  }

  static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }

  var text: String { Draft.object(members) }
}

// What is said in protocol 2.
extension Draft {
  /// - Parameter tokens: those that the server has given out, the good ones among them.
  static func any(_ dice: inout Dice, tokens: [String]) -> Draft {
    var draft = plain(&dice, tokens)
    if !dice.isOne(in: 5) { draft.members.append(("id", id(&dice))) }
    return draft
  }

  static func hello(_ dice: inout Dice, tokens: [String]) -> Draft {
    var data = [("client", quoted("fuzz/1"))]
    if !dice.isOne(in: 6) { data.append(("token", quoted(token(&dice, tokens)))) }
    if dice.isOne(in: 3) {
      data.append(("session", quoted(dice.pick(["s_a", "s_b", "K", "\u{212A}"]))))
    }
    return Draft("hello", [("id", id(&dice)), ("data", object(data))])
  }

  private static func plain(_ dice: inout Dice, _ tokens: [String]) -> Draft {
    switch dice.roll(24) {
    case 0..<7: return about("subscribe", wish(&dice), &dice)
    case 7..<11: return about("publish", content(&dice), &dice)
    case 11..<15: return about("unsubscribe", "{}", &dice)
    case 15, 16: return about("presence", page(["rev", "after", "limit"], &dice), &dice)
    case 17, 18: return about("history", page(["before", "limit"], &dice), &dice)
    case 19: return Draft("refresh", [("data", object([("token", quoted(token(&dice, tokens)))]))])
    case 20:
      return Draft(dice.pick(["status", "ping", "pong"]), [("ts", dice.pick(HostileText.numbers))])
    case 21: return privately(&dice)
    case 22: return hello(&dice, tokens: tokens)
    default: return Draft(dice.pick(["bye", "status", "welcome", "", "\u{212A}"]))
    }
  }

  private static func about(_ type: String, _ data: String, _ dice: inout Dice) -> Draft {
    Draft(type, [("topic", quoted(HostileText.topic(&dice))), ("data", data)])
  }

  private static func privately(_ dice: inout Dice) -> Draft {
    let data = [
      ("to", quoted(dice.pick(HostileText.numbers))), ("message", quoted(HostileText.any(&dice))),
    ]
    return Draft("checkin.private", [("data", object(data))])
  }

  private static func id(_ dice: inout Dice) -> String {
    switch dice.roll(4) {
    case 0: dice.pick(HostileText.numbers)
    case 1: quoted(HostileText.any(&dice))
    default: "\(dice.roll(1000))"
    }
  }

  private static func token(_ dice: inout Dice, _ tokens: [String]) -> String {
    tokens.isEmpty || dice.isOne(in: 5) ? HostileText.any(&dice) : dice.pick(tokens)
  }

  private static func wish(_ dice: inout Dice) -> String {
    var data: [(String, String)] = []
    if dice.isOne(in: 2) { data.append(("presence", "true")) }
    if dice.isOne(in: 3) { data.append(("batch", "true")) }
    if dice.isOne(in: 3) {
      let offset = dice.pick(["0", "1", "5"] + HostileText.numbers)
      data.append(
        (
          "recover",
          object([("offset", offset), ("epoch", quoted(dice.pick(["", "k3xQ9a1b", "\u{212A}"])))])
        ))
    }
    return object(data)
  }

  private static func content(_ dice: inout Dice) -> String {
    let text =
      dice.isOne(in: 8)
      ? String(repeating: "long ", count: dice.roll(20_000)) : HostileText.any(&dice)
    return object([(dice.pick(["msg", "message", "user_name"]), quoted(text))])
  }

  private static func page(_ names: [String], _ dice: inout Dice) -> String {
    object(
      names.filter { _ in dice.isOne(in: 2) }.map {
        ($0, dice.pick(["1", "10"] + HostileText.numbers))
      })
  }
}

// What is said in the documented protocols.
extension Draft {
  static func chat(_ dice: inout Dice) -> Draft {
    let user = [
      ("user_name", quoted(dice.pick(["tao", "lin", "K", "\u{212A}", HostileText.any(&dice)]))),
      ("user_avatar", quoted("")),
    ]
    let data = [
      ("user", object(user)), ("room_name", quoted(dice.pick(HostileText.rooms))),
      ("msg", quoted(HostileText.any(&dice))),
    ]
    return Draft(dice.pick(["join", "join", "leave", "msg"]), [("data", object(data))])
  }

  static func chart(_ dice: inout Dice) -> Draft {
    var draft = Draft("")
    draft.members = [
      ("type", dice.pick(["1", "3", "5", "6", "-1"])),
      ("message", quoted(dice.pick(["0x9", "K", "\u{212A}", HostileText.any(&dice)]))),
      ("to", quoted(dice.pick(["2100301419", "2100301418", HostileText.any(&dice)]))),
    ]
    return draft
  }
}
