import Glibc

/// A folder that nobody had before, gone with its owner.
package final class FreshFolder: Sendable {
  package let path: String

  package init() throws {
    var template = Array("\(FreshFolder.parent)/muster-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Fault("no fresh folder") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    FreshFolder.clear(path)
    rmdir(path)
  }

  /// Empties a folder; what is gone already is as good.
  private static func clear(_ folder: String) {
    guard let entries = opendir(folder) else { return }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      let path = "\(folder)/\(name)"
      // Fails for a folder alone: that one has to be empty first.
      guard unlink(path) != 0 else { continue }
      clear(path)
      rmdir(path)
    }
  }

  private static var parent: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }
}

package enum TextFile {
  /// What is in a file; nil when there is none.
  package static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var text: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = fread(&bytes, 1, bytes.count, file)
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += bytes[..<count]
    }
  }

  package static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "w") else { throw Fault("cannot write \(path)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw Fault("cannot write \(path)")
    }
  }
}
