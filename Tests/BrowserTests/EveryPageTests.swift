import JSON
import Testing

extension InBrowser {
  @Suite struct EveryPageTests {
    @Test(arguments: [
      "/", "/chat", "/dashboard", "/sign", "/study", "/faculty/activities", "/scan", "/docs",
      "/admin", "/admin/activities", "/rooms", "/door/1",
    ])
    func `a page opens for a guest without complaints`(path: String) async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open(path)
        try page.wait("document.readyState === 'complete'")
        try page.wait(
          "!document.querySelector('#link') || document.querySelector('#link .dot.live')")
        #expect(try page.complaints() == [])
        // Nothing runs off the side of a phone.
        try page.resize(375, 812)
        try page.wait("document.documentElement.scrollWidth <= 375")
        try page.close()
      }
    }
  }
}
