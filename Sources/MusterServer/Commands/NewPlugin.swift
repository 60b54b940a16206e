internal import CommandLineKit
internal import Glibc
internal import PluginKit

extension Program {
  /// Writes the package of a new plugin into a folder of its name.
  func newPlugin(_ call: Invocation) throws -> ExitCode {
    let name = call.operand(0) ?? ""
    if let reason = PluginTemplate.refusal(of: name, taken: plugins.map { $0.name }) {
      throw UsageError(reason, path: call.path)
    }
    let muster = try call.value("muster") ?? checkout()
    guard PluginTemplate.isCheckout(muster) else {
      throw Failure("\(muster) is no checkout of Muster: its folder Sources/PluginKit is missing")
    }
    guard access(name, F_OK) != 0 else { throw Failure("\(name) exists already") }
    let template = PluginTemplate(name: name, muster: muster)
    for file in template.files { try write(file.text, to: "\(name)/\(file.path)") }
    console.print(
      """
      \(name)/ is a plugin that builds, has tests and serves a page:
        cd \(name) && swift test
        swift run \(name)-server serve --demo
      then look at https://localhost:8443/\(name)/page
      """)
    return .success
  }

  /// The checkout that this program was built in.
  private func checkout() throws -> String {
    var folder = Folder.parent(of: try ownPath())
    while folder.count > 1 {
      if PluginTemplate.isCheckout(folder) { return folder }
      folder = Folder.parent(of: folder)
    }
    throw Failure("say where the checkout of Muster lies: --muster FOLDER")
  }

  private func write(_ text: String, to path: String) throws {
    var made = ""
    for part in Folder.parent(of: path).split(separator: "/") {
      made += made.isEmpty ? String(part) : "/\(part)"
      guard mkdir(made, 0o777) == 0 || errno == EEXIST else {
        throw Failure("cannot make the folder \(made): \(String(cString: strerror(errno)))")
      }
    }
    guard let file = fopen(path, "wx") else {
      throw Failure("cannot write \(path): \(String(cString: strerror(errno)))")
    }
    let isWritten = fputs(text, file) >= 0
    guard fclose(file) == 0, isWritten else {
      throw Failure("cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }
}

/// The files of a plugin with a table, two calls, a topic, a setting, a page and tests.
struct PluginTemplate {
  let name: String
  /// The folder of the checkout that the package depends on.
  let muster: String

  var files: [(path: String, text: String)] {
    let module = PluginTemplate.module(name)
    let sources: [(String, [UInt8])] = [
      ("Package.swift", PackageResources.package_txt),
      ("Sources/\(module)/\(module)Plugin.swift", PackageResources.plugin_txt),
      ("Sources/\(module)/Pages/\(name)_page.html", PackageResources.page_txt),
      ("Sources/\(module)/Pages/\(name)_page.js", PackageResources.script_txt),
      ("Sources/\(name)-server/main.swift", PackageResources.server_txt),
      ("Tests/\(module)Tests/\(module)Tests.swift", PackageResources.tests_txt),
    ]
    return sources.map { path, bytes in (path, filled(String(decoding: bytes, as: UTF8.self))) }
  }

  private func filled(_ text: String) -> String {
    text.replacing("{name}", with: name)
      .replacing("{Name}", with: PluginTemplate.module(name))
      .replacing(
        "{muster}", with: muster.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))
  }

  private static func module(_ name: String) -> String {
    name.prefix(1).uppercased() + name.dropFirst()
  }

  /// A sentence about a name that cannot be used.
  static func refusal(of name: String, taken: [String]) -> String? {
    guard (2...30).contains(name.utf8.count), name.utf8.allSatisfy({ (0x61...0x7A).contains($0) })
    else { return "the name of a plugin has 2 to 30 letters from a to z, such as notices" }
    guard !taken.contains(name), !modules.contains(name) else {
      return "the name \(name) is in use: choose another"
    }
    return nil
  }

  /// Modules of Muster whose names a module of the plugin must not repeat, in lower case.
  private static let modules: Set<String> = [
    "hub", "bytes", "json", "loop", "tls", "crypto", "deflate", "http", "configuration", "storage",
    "outbound", "spreadsheet", "web", "muster", "rig", "testing", "swift", "foundation", "glibc",
  ]

  static func isCheckout(_ folder: String) -> Bool {
    access("\(folder)/Sources/PluginKit", R_OK) == 0
  }
}
