internal import PluginKit

extension CheckInPlugin {
  static func registerPages(with registrar: inout Registrar) {
    var page = Page(
      "dashboard", title: "Dashboard · Muster", description: "The people in the lab now",
      content: PackageResources.dashboard_html)
    page.order = 10
    page.menu = .init("Dashboard", "看板")
    page.summary = .init(
      "Who is in the lab, for how long, and who leads the week. Made for a wall.",
      "谁在实验室、待了多久、本周谁领先。适合挂在墙上。")
    registrar.page(
      page,
      assets: [
        PageAsset("chart.js", PackageResources.chart_js),
        PageAsset("free-rooms.js", PackageResources.free_rooms_js),
        PageAsset("dashboard.js", PackageResources.dashboard_js),
      ])
  }
}
