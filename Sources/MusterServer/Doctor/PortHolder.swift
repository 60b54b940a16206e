internal import Glibc

/// The program that listens on a TCP port of this machine.
struct PortHolder: CustomStringConvertible {
  let pid: Int
  let name: String

  var description: String { "\(name) (pid \(pid))" }

  /// Nil if the port is free, or the program is another user's.
  static func find(_ port: UInt16) -> PortHolder? {
    let sockets = Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listeners(port, in: $0) })
    guard !sockets.isEmpty else { return nil }
    for process in entries(of: "/proc") {
      guard let pid = Int(process) else { continue }
      let folder = "/proc/\(process)/fd"
      guard entries(of: folder).contains(where: { sockets.contains(target(of: "\(folder)/\($0)")) })
      else { continue }
      let name = lines(of: "/proc/\(process)/comm").first ?? "a program"
      return PortHolder(pid: pid, name: name)
    }
    return nil
  }

  /// `socket:[inode]` of each listener. Columns: number, local address, remote address, state (0A
  /// listens), queues, timer, retransmissions, user, timeout, inode.
  private static func listeners(_ port: UInt16, in table: String) -> [String] {
    lines(of: table).dropFirst().compactMap { line in
      let cells = line.split(separator: " ")
      guard cells.count > 9, cells[3] == "0A",
        let digits = cells[1].split(separator: ":").last, UInt16(digits, radix: 16) == port
      else { return nil }
      return "socket:[\(cells[9])]"
    }
  }

  private static func lines(of path: String) -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var lines: [String] = []
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, Int32(line.count), file) != nil {
      let bytes = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
      lines.append(String(decoding: bytes, as: UTF8.self))
    }
    return lines
  }

  private static func entries(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }

  private static func target(of link: String) -> String {
    var room = [CChar](repeating: 0, count: 256)
    let count = readlink(link, &room, room.count)
    guard count > 0 else { return "" }
    return String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
