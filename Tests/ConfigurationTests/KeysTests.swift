import Testing

@testable import Configuration

@Suite struct KeysTests {
  private let table = KeyTable(Keys.all)

  @Test func `what is printed is read again as the defaults`() throws {
    var sources = Sources()
    sources.file = ("printed.yaml", Array(table.printed().utf8))
    let loaded = try ServerConfiguration.load(table, from: sources)
    let builtIn = try ServerConfiguration.load(table, from: Sources())
    #expect(loaded.changes(since: builtIn).map(\.path).isEmpty)
    for key in table.keys {
      guard case .file = loaded.origin(of: key.path) else {
        Issue.record("\(key.path) was not printed")
        continue
      }
    }
  }

  @Test func `every key has a sentence of help and fits on a screen`() {
    for key in table.keys {
      #expect(key.help.contains(".") && key.help.count > 20, "\(key.path)")
    }
    let lines = table.printed().split(separator: "\n")
    // A list stands on one line, however long it is.
    #expect(lines.allSatisfy { $0.count <= 100 || $0.contains(": [") })
  }

  @Test(arguments: ["limits.publishes_per_second", "limits.request_burst", "limits.inflated"])
  func `no number is so large that a product with it could overflow`(path: String) {
    var sources = Sources()
    sources.flags = [.init("--set", path: path, value: "1\(String(repeating: "0", count: 18))")]
    #expect(throws: ConfigurationError.self) {
      _ = try ServerConfiguration.load(table, from: sources)
    }
  }

  @Test func `no two keys have one variable`() {
    #expect(Set(table.keys.map(\.variable)).count == table.keys.count)
    #expect(
      table["limits.connections_per_address"]?.variable
        == "MUSTER_LIMITS_CONNECTIONS_PER_ADDRESS")
  }

  @Test func `every limit takes 0 for none`() throws {
    for key in table.keys where key.path.hasPrefix("limits.") {
      #expect(throws: Never.self, "\(key.path)") { try key.readText("0") }
    }
  }

  @Test func `a value of another configuration is printed as it can be read`() throws {
    var sources = Sources()
    let text = """
      listen: [{address: "a:1", dialect: chat, tls: false}]
      tls: {certificates: [{certificate: c.pem, key: "k:1.pem"}]}
      origins: ["https://x.org", yes, "1"]
      mail: {password: s}
      data: "with \\"quotes\\" and \\\\ and 中文"
      """
    sources.file = ("a", Array(text.utf8))
    let first = try ServerConfiguration.load(table, from: sources)
    sources.file = ("b", Array(table.printed(first).utf8))
    let second = try ServerConfiguration.load(table, from: sources)
    // The password is hidden, so that it is another one afterwards.
    #expect(second.changes(since: first).map(\.path) == ["mail.password"])
  }
}
