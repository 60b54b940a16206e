import JSON
import PluginKit

extension NoticesPlugin {
  func boardRules() -> TopicRules {
    var rules = TopicRules()
    rules.allowsGuests = true
    rules.snapshot = { _, _ in .array(try await self.newest().map(\.json)) }
    return rules
  }
}
