import PluginKit

extension NoticesPlugin {
  static var board: Page {
    var page = Page(
      "board", title: "Notices", description: "The notice board",
      content: PackageResources.board_html)
    page.menu = .init("Notices", "公告")
    page.summary = .init("Every notice the moment it is pinned.", "公告一经发布，立即显示。")
    return page
  }
}
