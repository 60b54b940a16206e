import PluginKit

extension NoticesPlugin {
  public static var settings: [Setting] {
    [Setting("shown", .number(20), "How many notices the board shows.")]
  }
}
