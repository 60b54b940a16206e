internal import PluginKit

/// The terms of a search; each must occur in at least one of the searched texts.
struct SearchTerms: Sendable {
  private let terms: [String]

  /// From the query's `search`, split at commas and blanks. No terms match everything.
  init(_ request: Request) { self.init(request.query["search"] ?? "") }

  init(_ text: String) {
    let parts = text.split { $0 == "," || $0.isWhitespace || $0 == "\0" }
    terms = Set(parts.map { $0.lowercased() }).sorted()
  }

  var isEmpty: Bool { terms.isEmpty }

  func match(_ texts: [String?]) -> Bool {
    guard !terms.isEmpty else { return true }
    let texts = texts.compactMap { $0.map { Array($0.lowercased().utf8) } }
    return terms.allSatisfy { term in texts.contains { $0.contains(Array(term.utf8)) } }
  }
}
