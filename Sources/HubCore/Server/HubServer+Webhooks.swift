public import PluginKit

extension HubServer {
  /// The parts of webhooks.
  public struct Webhooks: Sendable {
    public let rules: WebhookRules
    public let web: any WebService

    public init(_ rules: WebhookRules, by web: any WebService) {
      self.rules = rules
      self.web = web
    }
  }
}
