/// A condition over the labels of clock-in items, such as `签到但未签退`.
///
/// The expression is compiled into postfix order without recursion: its length alone bounds the
/// memory and the depth.
struct ClockinFilter: Sendable, Equatable {
  /// Why a text is no filter; all reasons are told with one sentence.
  struct Malformed: Error, Equatable {}

  static let longest = 1000

  fileprivate enum Step: Sendable, Equatable {
    case label(String)
    case not
    case and
    case or
  }

  private let steps: [Step]

  /// An empty text keeps everything.
  init(_ text: String) throws(Malformed) {
    guard text.unicodeScalars.count <= ClockinFilter.longest else { throw Malformed() }
    var compiler = Compiler()
    for token in ClockinFilter.tokens(text) { try compiler.take(token) }
    steps = try compiler.finish()
  }

  /// Whether somebody with these clock-in labels passes.
  func matches(_ labels: Set<String>) -> Bool {
    guard !steps.isEmpty else { return true }
    let labels = Set(labels.map(ClockinFilter.normalized))
    var stack: [Bool] = []
    for step in steps {
      switch step {
      case .label(let label): stack.append(labels.contains(label))
      case .not: stack.append(stack.popLast() == false)
      case .and, .or:
        let right = stack.popLast() ?? false
        let left = stack.popLast() ?? false
        stack.append(step == .and ? left && right : left || right)
      }
    }
    return stack.last ?? true
  }

  /// The text without the characters that have no meaning in it.
  static func normalized(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.filter { !isDropped($0) }))
  }

  static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || ["了", "但", "的"].contains(scalar)
  }
}

// The tokens of an expression.
extension ClockinFilter {
  fileprivate enum Token: Equatable {
    case label(String)
    case not
    case and
    case or
    case open
    case close
  }

  fileprivate static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var label = ""
    func endLabel() {
      if !label.isEmpty { tokens.append(.label(label)) }
      label = ""
    }
    for scalar in text.unicodeScalars where !isDropped(scalar) {
      guard let token = token(scalar) else {
        label.unicodeScalars.append(scalar)
        continue
      }
      endLabel()
      tokens.append(token)
    }
    endLabel()
    return tokens
  }

  private static func token(_ scalar: Unicode.Scalar) -> Token? {
    switch scalar {
    case "未": .not
    case "且": .and
    case "或": .or
    case "(", "（": .open
    case ")", "）": .close
    default: nil
    }
  }
}

/// Dijkstra's shunting yard: operators wait until one that binds less tightly follows.
private struct Compiler {
  private var steps: [ClockinFilter.Step] = []
  private var waiting: [ClockinFilter.Token] = []
  /// Whether the last token ended a factor, so that an operator or the end may follow.
  private var hasFactor = false

  mutating func take(_ token: ClockinFilter.Token) throws(ClockinFilter.Malformed) {
    switch token {
    case .label(let label):
      joinFactors()
      steps.append(.label(label))
      hasFactor = true
    case .not, .open:
      joinFactors()
      waiting.append(token)
    case .and, .or:
      guard hasFactor else { throw ClockinFilter.Malformed() }
      combine(token)
    case .close:
      guard hasFactor else { throw ClockinFilter.Malformed() }
      emit { $0 != .open }
      guard waiting.popLast() == .open else { throw ClockinFilter.Malformed() }
    }
  }

  /// Brackets that are open at the end are closed there.
  mutating func finish() throws(ClockinFilter.Malformed) -> [ClockinFilter.Step] {
    guard hasFactor || (steps.isEmpty && waiting.isEmpty) else { throw ClockinFilter.Malformed() }
    emit { _ in true }
    return steps
  }

  /// Two factors side by side mean 且.
  private mutating func joinFactors() {
    if hasFactor { combine(.and) }
  }

  private mutating func combine(_ token: ClockinFilter.Token) {
    emit { $0 == .not || $0 == .and || $0 == token }
    waiting.append(token)
    hasFactor = false
  }

  private mutating func emit(while binds: (ClockinFilter.Token) -> Bool) {
    while let last = waiting.last, binds(last) {
      waiting.removeLast()
      switch last {
      case .not: steps.append(.not)
      case .and: steps.append(.and)
      case .or: steps.append(.or)
      case .open, .close, .label: break
      }
    }
  }
}
