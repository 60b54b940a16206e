internal import Loop
internal import Rig

/// A client of the server: a line, and what is known of how far it came.
@MainActor
final class Visitor {
  /// What is spoken on the line.
  enum Tongue { case hub, chat, chart, echo }

  private let wire: Wire
  private let tongue: Tongue
  private let isCompressing: Bool
  private let tokens: [String]

  private init(_ wire: Wire, _ tongue: Tongue, isCompressing: Bool, _ tokens: [String]) {
    (self.wire, self.tongue, self.isCompressing, self.tokens) = (
      wire, tongue, isCompressing, tokens
    )
  }

  /// Connects, and asks for the upgrade, maybe with more in the same segment.
  static func arrive(_ server: FuzzedServer, _ dice: inout Dice, tokens: [String]) async throws
    -> Visitor
  {
    let tongue = dice.weigh([(14, Tongue.hub), (3, .chat), (2, .chart), (1, .echo)])
    let isEncrypted = dice.isOne(in: 3)
    let isCompressing = dice.isOne(in: 2)
    var segment = Segment()
    segment.append(raw: upgrade(tongue, isCompressing: isCompressing, &dice, tokens))
    let address =
      tongue == .chat && !isEncrypted ? server.chat : isEncrypted ? server.encrypted : server.plain
    let wire = try await Wire.connect(address, encrypted: isEncrypted)
    let visitor = Visitor(wire, tongue, isCompressing: isCompressing, tokens)
    let plan = dice.roll(8)
    if plan < 3 { visitor.appendGreeting(to: &segment, &dice) }
    if plan == 0 { segment.appendClose(&dice) }
    try await wire.send(segment.bytes)
    if plan > 4 {
      try? await visitor.awaitUpgrade()
      try await visitor.greet(&dice)
    }
    return visitor
  }

  private static func upgrade(
    _ tongue: Tongue, isCompressing: Bool, _ dice: inout Dice, _ tokens: [String]
  ) -> String {
    var headers = Wire.upgrade
    if isCompressing {
      let offer = dice.pick([
        "", "; client_max_window_bits", "; server_max_window_bits=9", "; server_max_window_bits=8",
      ])
      headers.append(("Sec-WebSocket-Extensions", "permessage-deflate" + offer))
    }
    if !tokens.isEmpty, dice.isOne(in: 3) {
      let token = dice.pick(tokens)
      headers.append(
        dice.isOne(in: 2) ? ("Cookie", "token=\(token)") : ("Authorization", "Bearer \(token)"))
    }
    switch tongue {
    case .hub: return Wire.request("GET", "/ws", headers: headers)
    case .chat: return Wire.request("GET", dice.pick(["/", "/ws/chat"]), headers: headers)
    case .chart: return Wire.request("GET", "/chart", headers: headers)
    case .echo: return Wire.request("GET", "/echo", headers: headers)
    }
  }

  private func awaitUpgrade() async throws { _ = try await wire.reply() }

  /// `hello`, where it is spoken; sometimes its client is gone before it is answered.
  private func greet(_ dice: inout Dice) async throws {
    var segment = Segment()
    appendGreeting(to: &segment, &dice)
    if dice.isOne(in: 4) { segment.appendClose(&dice) }
    try await wire.send(segment.bytes)
  }

  private func appendGreeting(to segment: inout Segment, _ dice: inout Dice) {
    guard tongue == .hub else { return appendMessage(to: &segment, &dice) }
    let hello = Array(Draft.hello(&dice, tokens: tokens).text.utf8)
    segment.append(text: hello, isCompressed: isCompressing && dice.isOne(in: 2), &dice)
  }

  /// Says something: one frame or several in one segment, or cut where it hurts.
  func speak(_ dice: inout Dice) async throws {
    var segment = Segment()
    for _ in 0...dice.pick([0, 0, 0, 1, 2, 5, 20]) { append(to: &segment, &dice) }
    guard dice.isOne(in: 6), segment.bytes.count > 1 else {
      return try await wire.send(segment.bytes)
    }
    let cut = 1 + dice.roll(segment.bytes.count - 1)
    let bytes = segment.bytes
    try await wire.send(Array(bytes[..<cut]))
    try await Task.sleep(for: .milliseconds(dice.roll(4)))
    try await wire.send(Array(bytes[cut...]))
  }

  private func append(to segment: inout Segment, _ dice: inout Dice) {
    switch dice.roll(60) {
    case 0: segment.appendFoul(&dice)
    case 1: segment.appendClose(&dice)
    case 2, 3: segment.append(0x89, Array(repeating: 7, count: dice.roll(126)), &dice)
    default: appendMessage(to: &segment, &dice)
    }
  }

  private func appendMessage(to segment: inout Segment, _ dice: inout Dice) {
    let text: [UInt8]
    switch tongue {
    case .hub: text = Mutation.bytes(of: .any(&dice, tokens: tokens), &dice)
    case .chat: text = Mutation.bytes(of: .chat(&dice), &dice)
    case .chart, .echo: text = Mutation.bytes(of: .chart(&dice), &dice)
    }
    segment.append(text: text, isCompressed: isCompressing && dice.isOne(in: 3), &dice)
  }

  /// Ends the line in one of the ways in which lines end.
  func leave(_ dice: inout Dice) async throws {
    var segment = Segment()
    if dice.isOne(in: 3) { append(to: &segment, &dice) }
    if dice.isOne(in: 2) { segment.appendClose(&dice) }
    if !segment.bytes.isEmpty { try await wire.send(segment.bytes) }
    switch dice.roll(4) {
    case 0: await wire.reset()
    case 1: try await wire.sendLast("")
    case 2: await wire.stopReading()
    default: await wire.drop()
    }
  }

  /// Ends what `leave` has left half open.
  func vanish() async { await wire.drop() }
}
