import PluginKit
import Testing

@testable import Campus
@testable import Chat
@testable import CheckIn
@testable import SignTasks
@testable import Web

/// The site as a server with the plugins of this tree has it.
enum Site {
  static let registrar: (pages: [Page], assets: [PageAsset]) = {
    var registrar = Registrar()
    CampusPlugin.registerPages(with: &registrar)
    ChatPlugin.registerPages(with: &registrar)
    CheckInPlugin.registerPages(with: &registrar)
    SignTasksPlugin.registerPages(with: &registrar)
    return (registrar.pages, registrar.assets)
  }()
  static let assets = WebSite.ownAssets + registrar.assets
  static let standard = make()

  static func make() -> WebSite {
    do { return try WebSite(pages: registrar.pages, assets: registrar.assets) } catch {
      preconditionFailure("the site cannot be made: \(error)")
    }
  }
}

struct WebPageTests {
  static let sources: [String: String] = Dictionary(
    uniqueKeysWithValues: Site.assets.map {
      ($0.name, String(decoding: $0.bytes, as: UTF8.self))
    })
  static let documents = Site.standard.files.filter { $0.contentType.hasPrefix("text/html") }

  @Test(arguments: ["/", "/chat", "/dashboard", "/sign", "/docs", "/admin"])
  func `a page is found with and without a slash at the end`(path: String) throws {
    let page = try #require(Site.standard.file(at: path))
    #expect(page.contentType == "text/html; charset=utf-8")
    #expect(page.cacheControl == "no-cache")
    #expect(Site.standard.file(at: path + (path == "/" ? "" : "/")) == page)
  }

  @Test func `an unknown path has no page`() {
    #expect(Site.standard.file(at: "/nobody") == nil)
    #expect(Site.standard.file(at: "") == nil)
    #expect(Site.standard.file(at: "//") == nil)
    #expect(Site.standard.file(at: "/assets/muster.css") == nil)
  }

  @Test func `the SDK keeps its name, may be kept for minutes and is a script`() throws {
    let sdk = try #require(Site.standard.file(at: "/sdk/muster.js"))
    #expect(sdk.contentType == "text/javascript; charset=utf-8")
    #expect(sdk.cacheControl == "public, max-age=300")
    #expect(String(decoding: sdk.bytes, as: UTF8.self).contains("export class Muster"))
  }

  @Test func `assets carry the hash of what is sent and never expire`() throws {
    for page in Site.standard.files where page.path.hasPrefix("/assets/") {
      let parts = page.path.split(separator: ".")
      #expect(
        parts.count == 3 && String(parts[1]) == Fingerprint(of: page.bytes).hex, "\(page.path)")
      #expect(page.cacheControl == "public, max-age=31536000, immutable")
    }
  }

  @Test func `paths and tags are unique, and tags do not change between two makings`() {
    let again = Site.make().files
    #expect(Set(Site.standard.files.map(\.path)).count == Site.standard.files.count)
    #expect(Set(Site.standard.files.map(\.entityTag)).count == Site.standard.files.count)
    #expect(again == Site.standard.files)
  }

  @Test func `every file refers only to files that exist, by their hashed names`() {
    for page in Site.standard.files where page.contentType.hasPrefix("text/") {
      for path in Self.references(in: String(decoding: page.bytes, as: UTF8.self)) {
        #expect(Site.standard.file(at: path) != nil, "\(page.path) refers to \(path)")
      }
    }
  }

  @Test(arguments: documents)
  func `a page has no inline script, style, handler or outside address`(page: WebPage) {
    let text = String(decoding: page.bytes, as: UTF8.self).lowercased()
    for script in text.split(separator: "<").filter({ $0.hasPrefix("script") }) {
      #expect(script.contains(" src=\"/assets/") && script.hasSuffix(">"), "\(script)")
    }
    #expect(!text.contains("<style") && !text.contains(" style="))
    #expect(!text.contains("javascript:") && !text.contains("http:") && !text.contains("https:"))
    let attributes = text.split(whereSeparator: { " \n\t".contains($0) })
    #expect(!attributes.contains { $0.hasPrefix("on") && $0.contains("=") })
  }

  @Test func `scripts put text into pages as text and load nothing from outside`() {
    for (name, text) in Self.sources where name.hasSuffix(".js") {
      for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
        #expect(!text.contains(word), "\(name) uses \(word)")
      }
      // The name space of SVG is a name, not an address.
      let addresses = text.split(separator: "\"").filter { $0.hasPrefix("http") }
      #expect(addresses.allSatisfy { $0 == "http://www.w3.org/2000/svg" || !$0.contains("//") })
    }
    #expect(Self.sources["muster.css"]?.contains("url(") == false)
    #expect(Self.sources["muster.css"]?.contains("@import") == false)
  }

  @Test func `the policy allows neither inline code nor strangers`() {
    let policy = WebPage.contentSecurityPolicy
    #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; "))
    #expect(policy.contains("frame-ancestors 'none'"))
    #expect(!policy.contains("unsafe") && !policy.contains("*") && !policy.contains("http"))
  }

  @Test func `a tag is a quoted hash`() throws {
    let page = try #require(Site.standard.file(at: "/"))
    #expect(page.entityTag.utf8.count == 18 && page.entityTag.hasPrefix("\""))
  }

  @Test(arguments: [
    ("/", "Muster", "index", 0), ("/chat", "Chat · Muster", "chat", 1),
    ("/admin", "Staff · Muster", "admin", 1),
  ])
  func `a page has its own name in the frame of all`(
    path: String, title: String, script: String, marks: Int
  ) throws {
    let page = try #require(Site.standard.file(at: path))
    let text = String(decoding: page.bytes, as: UTF8.self)
    #expect(text.hasPrefix("<!doctype html>\n") && !text.contains("{"))
    #expect(text.contains("<title>\(title)</title>"))
    #expect(text.contains("src=\"/assets/\(script)."))
    #expect(text.ranges(of: "aria-current=\"page\"").count == marks)
    #expect(text.contains("href=\"/admin\"") == (path == "/admin"))
    #expect(text.ranges(of: "id=\"main\"").count == 1 && text.hasSuffix("</html>\n"))
  }

  @Test func `all files together stay small enough to be compiled in quickly`() {
    #expect(Site.standard.files.reduce(0) { $0 + $1.bytes.count } < 350_000)
  }

  /// The paths of this server that a text names in quotes.
  static func references(in text: String) -> [String] {
    text.split(separator: "\"").map(String.init).filter {
      ($0.hasPrefix("/assets/") || $0.hasPrefix("/sdk/")) && !$0.contains(" ")
    }
  }
}
