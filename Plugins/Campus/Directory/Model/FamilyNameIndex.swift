internal import PluginKit
internal import Primitives

/// The letters of the family names that were asked for, each worked out once.
final class FamilyNameIndex: Sendable {
  private static let mostKnown = 50_000
  /// Family names are shorter; the rest of a longer text changes no letter.
  private static let longest = 32

  private let known = Locked<[String: String]>([:])
  private let rules = Locked<FamilyName.Rules?>(nil)

  func letters(of names: [String]) async -> [String: String] {
    let wanted = Set(names)
    let missing = known.withLock { known in wanted.filter { known[$0] == nil } }
    if !missing.isEmpty { await learn(missing) }
    return known.withLock { known in known.filter { wanted.contains($0.key) } }
  }

  /// Off the event loop: thousands of rules are read the first time.
  @concurrent private func learn(_ names: Set<String>) async {
    let learned = rules.withLock { rules in
      let opened = rules ?? FamilyName.Rules()
      rules = opened
      return names.map { ($0, opened.letter(of: String($0.prefix(FamilyNameIndex.longest)))) }
    }
    known.withLock { known in
      if known.count + learned.count > FamilyNameIndex.mostKnown { known = [:] }
      for (name, letter) in learned { known[name] = letter }
    }
  }
}
