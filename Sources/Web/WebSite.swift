public import PluginKit

/// Every file of the web site: the server's own pages and those that plugins bring.
public struct WebSite: Sendable {
  public let files: [WebPage]

  /// Assets carry a hash of their content in their names and may be kept for a year. Pages name them and are asked
  /// for each time. The SDK's name is fixed, so that it may be kept for five minutes only.
  /// - Parameter zone: of the clock that all moments on the pages are shown by.
  public init(
    pages: [Page] = [], assets: [PageAsset] = [], zone: LocalZone = .shanghai
  ) throws(WebSiteError) {
    let all = (WebSite.ownPages + pages).enumerated().sorted {
      ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
    }.map(\.element)
    var names = AssetNames()
    var files: [WebPage] = []
    for asset in WebSite.ownAssets + assets {
      guard !names.contains(asset.name) else { throw .sameName(asset: asset.name) }
      let bytes = names.rewrite(asset.bytes)
      let path = names.add(asset.name, content: bytes)
      files.append(WebPage(path, bytes, cacheControl: "public, max-age=31536000, immutable"))
    }
    let frame = PageFrame(pages: all, zone: zone)
    for page in all {
      guard names.contains("\(page.name).js") else { throw .noScript(page: page.name) }
      let text = try frame.text(of: page)
      files.append(WebPage(page.path, names.rewrite(Array(text.utf8)), cacheControl: "no-cache"))
    }
    let sdk = names.rewrite(PackageResources.muster_js)
    files.append(WebPage("/sdk/muster.js", sdk, cacheControl: "public, max-age=300"))
    guard Set(files.map(\.path)).count == files.count else { throw .samePath }
    self.files = files
  }

  /// The file at a path without its query; one slash at the end is ignored.
  public func file(at path: String) -> WebPage? {
    if let file = files.first(where: { $0.path == path }) { return file }
    guard path.utf8.count > 2, path.hasSuffix("/") else { return nil }
    return files.first { $0.path == path.dropLast() }
  }
}

/// A mistake in what plugins bring for the web site; the server does not start with it.
public enum WebSiteError: Error, Equatable, CustomStringConvertible {
  case noContent(page: String)
  case noScript(page: String)
  case sameName(asset: String)
  case samePath

  public var description: String {
    switch self {
    case .noContent(let page):
      "the page \(page) lacks the line <!-- page --> before its content"
    case .noScript(let page): "the page \(page) has no script: register the asset \(page).js"
    case .sameName(let asset): "two assets have the name \(asset)"
    case .samePath: "two pages have the same path"
    }
  }
}

// The build makes one constant of each file in `Pages/`, named after the file alone, whatever folder it lies in; so
// names are unique across the folders.
extension WebSite {
  /// Styles, scripts and pictures, in an order in which each refers only to those before it.
  static let ownAssets = [
    PageAsset("icon.svg", PackageResources.icon_svg),
    PageAsset("muster.css", PackageResources.muster_css),
    PageAsset("i18n.js", PackageResources.i18n_js),
    PageAsset("zone.js", PackageResources.zone_js),
    PageAsset("ui.js", PackageResources.ui_js),
    PageAsset("index.js", PackageResources.index_js),
    PageAsset("docs.js", PackageResources.docs_js),
    PageAsset("admin.js", PackageResources.admin_js),
  ]

  static let ownPages: [Page] = {
    var index = Page(
      "index", path: "/", title: "Muster", description: "Presence, chat and check-in, live",
      content: PackageResources.index_html)
    index.order = 0
    var docs = Page(
      "docs", title: "Interfaces · Muster",
      description: "Every call and every event of this server", content: PackageResources.docs_html)
    docs.order = 900
    docs.menu = .init("Docs", "接口文档")
    docs.summary = .init(
      "Every call and every event, to read and to try.", "全部接口与事件，可阅读，可试用。")
    var admin = Page(
      "admin", title: "Staff · Muster",
      description: "Connections, topics, accounts and plugins, for the staff",
      content: PackageResources.admin_html)
    admin.order = 1000
    admin.menu = .init("Staff", "管理")
    return [index, docs, admin]
  }()
}

extension WebPage {
  fileprivate init(_ path: String, _ bytes: [UInt8], cacheControl: String) {
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
