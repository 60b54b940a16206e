/// The files of `Pages/`, and how they are served.
///
/// The build makes one constant of each file, named after the file alone, whatever folder it lies in; so names
/// are unique across the folders.
extension WebPage {
  /// Styles, scripts and pictures, in an order in which each refers only to those before it.
  static let assets: [(name: String, bytes: [UInt8])] = [
    ("icon.svg", PackageResources.icon_svg),
    ("muster.css", PackageResources.muster_css),
    ("i18n.js", PackageResources.i18n_js),
    ("ui.js", PackageResources.ui_js),
    ("index.js", PackageResources.index_js),
    ("chat.js", PackageResources.chat_js),
    ("chart.js", PackageResources.chart_js),
    ("dashboard.js", PackageResources.dashboard_js),
    ("docs.js", PackageResources.docs_js),
    ("admin.js", PackageResources.admin_js),
  ]

  static let pages = [
    PageDraft(
      name: "index", title: "Muster", description: "Presence, chat and check-in, live",
      source: PackageResources.index_html),
    PageDraft(
      name: "chat", title: "Chat · Muster", description: "Chat rooms with everybody who is there",
      bodyClass: "chat", source: PackageResources.chat_html),
    PageDraft(
      name: "dashboard", title: "Dashboard · Muster", description: "Who is in the lab now",
      source: PackageResources.dashboard_html),
    PageDraft(
      name: "docs", title: "Interfaces · Muster",
      description: "Every call and every event of this server", source: PackageResources.docs_html),
    PageDraft(
      name: "admin", title: "Staff · Muster",
      description: "Connections, topics, accounts and plugins, for the staff",
      source: PackageResources.admin_html),
  ]

  /// Assets carry a hash of their content in their names and may be kept for a year; pages, which name them,
  /// are asked for each time; the SDK, whose name others rely on, for five minutes.
  static func makeTable() -> [WebPage] {
    var names = AssetNames()
    var table = assets.map { asset in
      let bytes = names.rewrite(asset.bytes)
      let path = names.add(asset.name, content: bytes)
      return WebPage(path, bytes, cacheControl: "public, max-age=31536000, immutable")
    }
    table += pages.map { page in
      WebPage(page.path, names.rewrite(Array(page.text.utf8)), cacheControl: "no-cache")
    }
    let sdk = names.rewrite(PackageResources.muster_js)
    table.append(WebPage("/sdk/muster.js", sdk, cacheControl: "public, max-age=300"))
    return table
  }

  private init(_ path: String, _ bytes: [UInt8], cacheControl: String) {
    self.init(
      path: path, bytes: bytes, contentType: Self.contentType(of: path),
      entityTag: "\"\(Fingerprint(of: bytes).hex)\"", cacheControl: cacheControl)
  }

  /// A path without an extension is a page.
  private static func contentType(of path: String) -> String {
    switch path.split(separator: "/").last?.split(separator: ".").dropFirst().last {
    case "js": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "text/html; charset=utf-8"
    }
  }
}
