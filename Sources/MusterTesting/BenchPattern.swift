/// Matches topics and paths against what a plugin registered, one after another.
struct BenchPattern {
  let pattern: String

  init(_ pattern: String) { self.pattern = pattern }

  /// `chat.room.{name}` matches `chat.room.a.b`.
  func matches(_ topic: String) -> Bool {
    guard let brace = pattern.firstIndex(of: "{") else { return pattern == topic }
    let prefix = pattern[..<brace]
    return topic.hasPrefix(prefix) && topic.utf8.count > prefix.utf8.count
  }

  /// The parameters of a path, nil if it is another one. A trailing slash makes no difference.
  func parameters(of path: String) -> [String: String]? {
    let wanted = pattern.split(separator: "/")
    let given = path.split(separator: "/")
    guard wanted.count == given.count else { return nil }
    var found: [String: String] = [:]
    for (want, have) in zip(wanted, given) {
      if want.hasPrefix(":") {
        found[String(want.dropFirst())] = String(have)
      } else if want != have {
        return nil
      }
    }
    return found
  }
}
