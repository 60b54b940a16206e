/// Gives assets names that change with their content, and puts these names where the files refer to them.
struct AssetNames {
  private var hashed: [String: String] = [:]
  private static let prefix = Array("/assets/".utf8)

  func contains(_ name: String) -> Bool { hashed[name] != nil }

  /// Takes in `muster.css` and returns `/assets/muster.<hash>.css`.
  mutating func add(_ name: String, content: [UInt8]) -> String {
    var parts = name.split(separator: ".").map(String.init)
    parts.insert(Fingerprint(of: content).hex, at: parts.count - 1)
    let path = "/assets/" + parts.joined(separator: ".")
    hashed[name] = path
    return path
  }

  /// Replaces `/assets/<name>` wherever the name is known by now; other text stays.
  func rewrite(_ source: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(source.count + 256)
    var rest = source[...]
    while let byte = rest.first {
      guard rest.starts(with: Self.prefix), let (name, path) = reference(at: rest) else {
        result.append(byte)
        rest.removeFirst()
        continue
      }
      result += path.utf8
      rest.removeFirst(Self.prefix.count + name.utf8.count)
    }
    return result
  }

  private func reference(at rest: ArraySlice<UInt8>) -> (name: String, path: String)? {
    let name = String(
      decoding: rest.dropFirst(Self.prefix.count).prefix(while: Self.isNameByte), as: UTF8.self)
    return hashed[name].map { (name, $0) }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: false
    }
  }
}
