internal import Glibc

/// The time zone database of the machine.
public struct TimeZoneDatabase: Sendable {
  /// Where Linux keeps it; the package `tzdata` fills it.
  public static let system = TimeZoneDatabase(folder: "/usr/share/zoneinfo")

  private static let longestFile = 64 << 10

  private let folder: String

  public init(folder: String) { self.folder = folder }

  /// Whether the machine has one at all.
  public var isInstalled: Bool { unsafe access(folder, R_OK | X_OK) == 0 }

  /// The zone of that name, such as `Europe/Berlin`.
  public func rules(named name: String) throws(TimeZoneError) -> TimeZoneRules {
    guard Self.isName(name), let bytes = read("\(folder)/\(name)") else { throw .unknown }
    return TimeZoneRules(name, try TimeZoneFile.read(bytes))
  }

  /// A path inside the folder, so that no other file can be named.
  private static func isName(_ name: String) -> Bool {
    guard name.utf8.count <= 64 else { return false }
    return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.utf8.first, isLetter(first) else { return false }
      return part.utf8.allSatisfy {
        isLetter($0) || (48...57).contains($0) || $0 == 43 || $0 == 45 || $0 == 95
      }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte)
  }

  /// nil for what is no file, or too long for one of a zone.
  private func read(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var portion = [UInt8](repeating: 0, count: 8 << 10)
    while bytes.count <= Self.longestFile {
      let count = unsafe Glibc.read(descriptor, &portion, portion.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes += portion[..<count]
    }
    return nil
  }
}
