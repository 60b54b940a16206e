/// A mistake in the command line.
struct UsageError: Error, Equatable {
  let message: String
  init(_ message: String) { self.message = message }
}

/// The measurement to make: target, scenario and size.
struct Options: Equatable, Sendable {
  enum Scenario: String, CaseIterable, Sendable {
    /// Clients that are sent back what they send.
    case echo
    /// Publishers, and a crowd that is sent everything they publish.
    case fanout
    /// Connections that are opened, upgraded and closed again.
    case connect
    /// Connections that do nothing.
    case idle
    /// Students who come and go, and dashboards that watch.
    case lab
    /// Clients of a server that is restarted while they are connected.
    case storm
  }

  var scenario = Scenario.echo
  /// Several targets in turns, and their ratios.
  var isComparison = false
  var targets: [Target] = []
  var connections = 200
  var publishers = 1
  var inFlight = 1
  /// Bytes of a payload.
  var size = 64
  var seconds = 5.0
  var warmUp = 0.5
  var rounds = 10
  /// How many connections may be on their way at once.
  var opening = 64
  /// Students, their comings and goings a second, and the connections that those come over.
  var people = 10_000
  var rate = 2000
  var doors = 32
  var deflates = false
  var resumes = false
  var core: Int?
  var writesJSON = false

  /// The shortest payload: it carries a number, a time and a check value.
  static let smallest = 44

  /// Reads the arguments behind the program's name; nil means that help is wanted.
  static func parse(_ arguments: [String]) throws(UsageError) -> Options? {
    var words = arguments[...]
    if words.contains("--help") || words.isEmpty { return nil }
    var options = Options()
    if words.first == "compare" {
      words.removeFirst()
      options.isComparison = true
      options.seconds = 0.6
    }
    guard let name = words.popFirst(), let scenario = Scenario(rawValue: name) else {
      throw UsageError("the first word is one of echo, fanout, connect, idle, lab, storm, compare")
    }
    options.scenario = scenario
    while let flag = words.popFirst() {
      if try options.takeSwitch(flag) { continue }
      guard let value = words.popFirst() else { throw UsageError("\(flag) needs a value") }
      try options.take(flag, value)
    }
    try options.check()
    return options
  }

  private mutating func takeSwitch(_ flag: String) throws(UsageError) -> Bool {
    switch flag {
    case "--deflate": deflates = true
    case "--resume": resumes = true
    case "--json": writesJSON = true
    default: return false
    }
    return true
  }

  private mutating func take(_ flag: String, _ value: String) throws(UsageError) {
    switch flag {
    case "--target": targets.append(try Target(value))
    case "--connections": connections = try Options.number(flag, value, 1...200_000)
    case "--publishers": publishers = try Options.number(flag, value, 1...200)
    case "--in-flight": inFlight = try Options.number(flag, value, 1...1000)
    case "--size": size = try Options.number(flag, value, Options.smallest...(1 << 20))
    case "--seconds": seconds = try Options.duration(flag, value)
    case "--warm-up": warmUp = try Options.duration(flag, value)
    case "--rounds": rounds = try Options.number(flag, value, 1...1000)
    case "--opening": opening = try Options.number(flag, value, 1...10_000)
    case "--people": people = try Options.number(flag, value, 4...60_000)
    case "--rate": rate = try Options.number(flag, value, 1...100_000)
    case "--doors": doors = try Options.number(flag, value, 1...1000)
    case "--core": core = try Options.number(flag, value, 0...1023)
    case "--hello": try change(flag) { $0.hello.append(value) }
    case "--join": try change(flag) { $0.join.append(value) }
    case "--expect": try change(flag) { $0.expected = value }
    case "--message":
      guard value.contains("{p}") else { throw UsageError("--message needs {p} in it") }
      try change(flag) { $0.message = value }
    default: throw UsageError("\(flag) is not known; --help tells what is")
    }
  }

  /// The messages of a client belong to the target before them.
  private mutating func change(
    _ flag: String, _ body: (inout Target) -> Void
  ) throws(UsageError) {
    guard !targets.isEmpty else { throw UsageError("\(flag) stands behind a --target") }
    body(&targets[targets.count - 1])
  }

  private func check() throws(UsageError) {
    if targets.isEmpty { throw UsageError("--target says what to measure") }
    if scenario == .storm, !targets.allSatisfy(\.speaksMuster) {
      throw UsageError("a storm needs a muster:// target: its clients do as its protocol says")
    }
    if isComparison {
      if targets.count < 2 { throw UsageError("a comparison needs two targets or more") }
      if scenario == .idle { throw UsageError("idle connections are counted one by one") }
      if scenario == .lab { throw UsageError("only a Muster has a lab") }
      if scenario == .storm { throw UsageError("storms are watched one by one") }
      if Set(targets.map(\.name)).count < targets.count {
        throw UsageError("two targets have the same name")
      }
    } else if targets.count > 1 {
      throw UsageError("several targets: put compare in front")
    } else if scenario == .lab, !targets[0].speaksMuster {
      throw UsageError("only a Muster has a lab")
    }
  }

  private static func number(
    _ flag: String, _ value: String, _ range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw UsageError("\(flag) wants a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func duration(_ flag: String, _ value: String) throws(UsageError) -> Double {
    guard let number = Double(value), number >= 0, number <= 86_400 else {
      throw UsageError("\(flag) wants seconds")
    }
    return number
  }
}
