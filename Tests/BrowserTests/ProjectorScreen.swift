import Glibc
import JSON
import Rig
import Testing

/// The page with the code of item 12, and what its picture says.
@BrowserThread enum ProjectorScreen {
  nonisolated static let isShown = "!document.querySelector('#screen').hidden"
  nonisolated static let isHidden = "document.querySelector('#code.gone')"

  static func open(_ server: DemoServer, _ cable: Cable? = nil) throws -> Page {
    let page = try InBrowser.newPage(through: cable, of: server)
    try enter(page)
    return page
  }

  static func enter(_ page: Page) throws {
    try page.open("/projector/12")
    try page.logIn("wangfang", "wang123456")
    try page.wait(isShown)
  }

  /// The text of the code that the picture of a page holds, read by another program.
  static func read(_ page: Page) throws -> String {
    let folder = try FreshFolder()
    let file = "\(folder.path)/screen.png"
    try TextFile.write(try page.screenshot(), to: file)
    let reader = try ChildProcess("/usr/bin/zbarimg", ["-q", file])
    return try reader.line(after: "QR-Code:", within: 20)
  }

  /// The text of the code that the server gives out now.
  static func current(_ page: Page) throws -> String {
    let script = """
      fetch('/activities/clockins/items/12/qr/', {headers: {token: \
      JSON.parse(sessionStorage.getItem('muster.login')).token}}).then((r) => r.json()) \
      .then((qr) => qr.payload)
      """
    return try page.evaluate(script).string ?? ""
  }
}
