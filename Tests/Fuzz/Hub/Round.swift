internal import Loop
internal import Rig

/// Some seconds of traffic that follow from a seed, then silence.
@MainActor
struct Round {
  private let server: FuzzedServer
  private let calls: [Call]
  private let tokens: [String]
  private var dice: Dice
  private var visitors: [Visitor] = []
  /// Visitors whose line may be half open.
  private var leaving: [Visitor] = []
  /// Calls that are not answered yet, each with what was asked.
  private var asked: [(wire: Wire, request: String)] = []

  init(_ server: FuzzedServer, _ calls: [Call], seed: UInt64, tokens: [String]) {
    (self.server, self.calls, self.tokens) = (server, calls, tokens)
    dice = Dice(seed: seed)
  }

  mutating func run(steps: Int) async throws {
    for _ in 0..<steps { try await step() }
    for (wire, request) in asked { try await Round.awaitAnswer(on: wire, to: request) }
    for visitor in visitors + leaving { await visitor.vanish() }
  }

  private mutating func step() async throws {
    switch dice.roll(100) {
    case 0..<18: try await arrive()
    case 18..<30: await leave()
    case 30..<45: try await call()
    case 45..<48: try await Task.sleep(for: .milliseconds(dice.roll(40)))
    default: await speak()
    }
  }

  private mutating func arrive() async throws {
    let visitor = try await Visitor.arrive(server, &dice, tokens: tokens)
    visitors.append(visitor)
    if visitors.count > 40 { await leave() }
  }

  private mutating func leave() async {
    guard !visitors.isEmpty else { return }
    let visitor = visitors.remove(at: dice.roll(visitors.count))
    // The server may have ended the line already.
    try? await visitor.leave(&dice)
    leaving.append(visitor)
    if leaving.count > 10 { await leaving.removeFirst().vanish() }
  }

  private mutating func speak() async {
    guard !visitors.isEmpty else { return }
    try? await visitors[dice.roll(visitors.count)].speak(&dice)
  }

  private mutating func call() async throws {
    let request = dice.pick(calls).request(&dice, tokens: tokens)
    let wire = try await Wire.connect(server.plain, encrypted: false)
    if dice.isOne(in: 12) {
      // A client that does not wait for its answer.
      try await wire.send(
        dice.isOne(in: 2) ? request : String(request.prefix(dice.roll(request.count))))
      return await dice.isOne(in: 2) ? wire.reset() : wire.drop()
    }
    try await wire.send(request)
    asked.append((wire, request))
    guard asked.count > 6 else { return }
    let (oldest, question) = asked.removeFirst()
    try await Round.awaitAnswer(on: oldest, to: question)
  }

  private static func awaitAnswer(on wire: Wire, to request: String) async throws {
    let reply: Reply
    do { reply = try await wire.reply() } catch {
      throw Fault("no answer to \(request.prefix(400)): \(error)")
    }
    await wire.drop()
    guard reply.status < 500 else {
      throw Fault("\(reply.status) \(reply.text.prefix(400)) for \(request.prefix(2000))")
    }
  }
}
