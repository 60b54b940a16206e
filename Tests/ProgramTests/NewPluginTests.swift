import Testing

@testable import MusterServer

struct NewPluginTests {
  @Test(arguments: ["", "x", "Notices", "lost-found", "lost_found", "été", "web", "hub", "chat"])
  func `a name that no plugin can have is refused`(name: String) async {
    let screen = Screen()
    #expect(await screen.run("plugin", "new", name) == 2)
    #expect(screen.errors.contains("plugin"))
  }

  @Test func `a folder without Muster is refused before a file is written`() async {
    let screen = Screen()
    #expect(await screen.run("plugin", "new", "notices", "--muster", screen.folder) == 1)
    #expect(screen.errors.contains("is no checkout of Muster"))
  }

  @Test func `this checkout is one`() {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    #expect(PluginTemplate.isCheckout("/\(root)"))
    #expect(!PluginTemplate.isCheckout("/\(root)/Sources"))
  }

  @Test func `no placeholder remains, and the table keeps its key`() {
    let template = PluginTemplate(name: "notices", muster: "/opt/a \"b\"")
    for file in template.files {
      for word in ["{name}", "{Name}", "{muster}"] {
        #expect(!file.text.contains(word) && !file.path.contains(word), "\(file.path)")
      }
    }
    let texts = template.files.map(\.text)
    #expect(texts[0].contains(#"path: "/opt/a \"b\"""#))
    #expect(texts[1].contains("id {id},"))
  }
}
