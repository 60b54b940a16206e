import Glibc

/// A folder that nobody had before, gone with its owner.
final class FreshFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("\(FreshFolder.parent)/muster-browser-XXXXXX".utf8CString)
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

enum TextFile {
  /// The bytes of a small file; nil when there is none.
  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "w") else { throw Fault("cannot write \(path)") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw Fault("cannot write \(path)")
    }
  }
}
