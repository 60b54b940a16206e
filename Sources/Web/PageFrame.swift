internal import PluginKit

/// The frame that all pages share: the bar at the top with its navigation, and the cards of the first page.
struct PageFrame {
  /// All pages of the site, in the order of the navigation.
  let pages: [Page]
  /// Which a script reads from the page.
  let zone: LocalZone

  /// The whole text of a page.
  func text(of page: Page) throws(WebSiteError) -> String {
    let parts = String(decoding: page.content, as: UTF8.self).split(
      separator: "<!-- page -->\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw .noContent(page: page.name) }
    // The page's own text goes in last: a word in braces in it stays as it is.
    return
      PageFrame.template
      .replacing("{description}", with: PageFrame.escaped(page.description))
      .replacing("{title}", with: PageFrame.escaped(page.title))
      .replacing("{zone}", with: PageFrame.escaped(zone.name))
      .replacing("{script}", with: "\(page.name).js")
      .replacing("{styles}", with: page.styles.map(PageFrame.styleLink).joined())
      .replacing(
        "{class}", with: page.bodyClass.map { " class=\"\(PageFrame.escaped($0))\"" } ?? ""
      )
      .replacing("{menu}", with: menu(on: page))
      .replacing("{tools}", with: parts[0])
      + parts[1].replacing("{cards}", with: page.name == "index" ? cards : "{cards}")
  }

  /// The way to the page of the staff is shown only on that page; elsewhere a script adds it.
  private func menu(on page: Page) -> String {
    linked.filter { $0.name != "admin" || page.name == "admin" }.compactMap { entry in
      entry.menu.map { label in
        let mark = entry.name == page.name ? " aria-current=\"page\"" : ""
        return "    <a href=\"\(entry.path)\"\(PageFrame.words(label))\(mark)>"
          + PageFrame.escaped(label.english) + "</a>\n"
      }
    }.joined()
  }

  /// Without the pages whose path has a parameter: a link to them would lack its value.
  private var linked: [Page] { pages.filter { !$0.path.contains(":") } }

  private var cards: String {
    linked.compactMap { page in
      guard let menu = page.menu, let summary = page.summary else { return nil }
      return "    <a class=\"card door\" href=\"\(page.path)\">"
        + "<strong\(PageFrame.words(menu))>\(PageFrame.escaped(menu.english))</strong>"
        + "<span\(PageFrame.words(summary))>\(PageFrame.escaped(summary.english))</span></a>\n"
    }.joined()
  }

  private static func styleLink(_ name: String) -> String {
    "<link rel=\"stylesheet\" href=\"/assets/\(name)\">\n"
  }

  /// Both languages as attributes, from which `translate` of `i18n.js` chooses.
  private static func words(_ label: Page.Label) -> String {
    " data-en=\"\(escaped(label.english))\" data-zh=\"\(escaped(label.chinese))\""
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }

  private static let template = String(decoding: PackageResources.frame_html, as: UTF8.self)
}
