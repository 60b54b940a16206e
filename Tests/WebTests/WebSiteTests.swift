import PluginKit
import Testing

@testable import Web

struct WebSiteTests {
  private static let script = PageAsset("board.js", Array("import \"/assets/ui.js\";".utf8))

  private static func board(_ content: String = "<!-- page -->\n<main id=\"main\"></main>\n")
    -> Page
  {
    var page = Page(
      "board", title: "Board", description: "Notices & more",
      content: Array(content.utf8))
    page.menu = .init("Notices", "公告")
    page.summary = .init("What hangs <here>", "这里的公告")
    page.order = 15
    return page
  }

  @Test func `a page of a plugin is framed, in the menu and on the first page`() throws {
    let site = try WebSite(pages: [Self.board()], assets: [Self.script])
    let page = try #require(site.file(at: "/board"))
    let text = String(decoding: page.bytes, as: UTF8.self)
    #expect(text.contains("<title>Board</title>"))
    #expect(text.contains("content=\"Notices &amp; more\""))
    #expect(
      text.contains(
        "<a href=\"/board\" data-en=\"Notices\" data-zh=\"公告\" aria-current=\"page\">Notices</a>"
      ))
    let first = String(decoding: try #require(site.file(at: "/")).bytes, as: UTF8.self)
    #expect(first.contains("data-zh=\"这里的公告\">What hangs &lt;here></span>"))
    let docs = String(decoding: try #require(site.file(at: "/docs")).bytes, as: UTF8.self)
    let order = ["data-en=\"Notices\"", "data-en=\"Docs\""].map {
      docs.firstRange(of: $0)?.lowerBound
    }
    #expect(try #require(order[0]) < #require(order[1]))
  }

  @Test func `a style sheet of a page is linked by its hashed name`() throws {
    var page = Self.board()
    page.styles = ["board.css"]
    let style = PageAsset("board.css", Array("main{}".utf8))
    let site = try WebSite(pages: [page], assets: [style, Self.script])
    let text = String(decoding: try #require(site.file(at: page.path)).bytes, as: UTF8.self)
    #expect(
      text.contains(
        "<link rel=\"stylesheet\" href=\"/assets/board.\(Fingerprint(of: style.bytes).hex).css\">"))
  }

  @Test func `a mistake in a page is named`() {
    #expect(throws: WebSiteError.noScript(page: "board")) { try WebSite(pages: [Self.board()]) }
    #expect(throws: WebSiteError.noContent(page: "board")) {
      try WebSite(pages: [Self.board("<main></main>")], assets: [Self.script])
    }
    #expect(throws: WebSiteError.sameName(asset: "ui.js")) {
      try WebSite(assets: [PageAsset("ui.js", [])])
    }
    #expect(throws: WebSiteError.samePath) {
      try WebSite(pages: [Self.board(), Self.board()], assets: [Self.script])
    }
  }

  @Test func `braces in a page stay as they are`() throws {
    let site = try WebSite(
      pages: [Self.board("<!-- page -->\n<p>{title} {menu} {cards}</p>\n")], assets: [Self.script])
    let text = String(decoding: try #require(site.file(at: "/board")).bytes, as: UTF8.self)
    #expect(text.contains("<p>{title} {menu} {cards}</p>"))
  }
}
