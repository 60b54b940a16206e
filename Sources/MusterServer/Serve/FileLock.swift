internal import Configuration
internal import Glibc
internal import Loop
internal import Primitives

/// Keeps a data folder or a database file for one server.
///
/// The system gives the lock up when the process ends, however it ends. The file stays: its presence
/// means nothing.
final class FileLock: Sendable {
  private let descriptor: Locked<Int32>

  convenience init(folder: String) throws {
    try Folder.make(folder)
    try self.init(
      FileLock.path(in: folder), of: "the data folder \(folder)", remedy: "data (--data)")
  }

  convenience init(database: String) throws {
    try Folder.make(Folder.parent(of: database))
    // Two names of one file, by way of links, have one lock.
    let path = FileLock.resolved(database)
    try self.init("\(path).lock", of: path, remedy: "database (--database)")
  }

  /// - Throws: a sentence that names the holder, if there is one.
  private init(_ path: String, of subject: String, remedy: String) throws {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    descriptor = Locked(file)
    guard file >= 0 else { throw Failure("cannot open \(path): \(FileLock.reason)") }
    guard flock(file, LOCK_EX | LOCK_NB) != 0 else {
      FileLock.writeOwner(file)
      return
    }
    guard errno == EWOULDBLOCK else { throw Failure("cannot lock \(path): \(FileLock.reason)") }
    let owner = FileLock.pid(in: file).map { " with pid \($0)" } ?? ""
    throw Failure(
      "\(subject) is used by the server\(owner): stop that server first, or name another one in"
        + " \(remedy)")
  }

  deinit { release() }

  func release() {
    let file = descriptor.withLock { file in
      defer { file = -1 }
      return file
    }
    if file >= 0 { close(file) }
  }

  /// The pid of the last server that used a folder. The lock is left alone: a look at it could
  /// refuse a server that starts in this moment.
  static func lastOwner(ofFolder folder: String) -> Int? {
    let file = open(path(in: folder), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return pid(in: file)
  }

  /// The path without links; of a file that is not there yet, with the one of its folder.
  private static func resolved(_ path: String) -> String {
    if let real = real(path) { return real }
    guard let folder = real(Folder.parent(of: path)) else { return path }
    return "\(folder)/\(path.split(separator: "/").last ?? "")"
  }

  private static func real(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  private static func path(in folder: String) -> String { "\(folder)/.lock" }

  private static var reason: String { String(cString: strerror(errno)) }

  /// The lock counts, not the number: on a full disk the file stays empty.
  private static func writeOwner(_ file: Int32) {
    let text = "\(getpid())\n"
    ftruncate(file, 0)
    pwrite(file, text, text.utf8.count, 0)
  }

  private static func pid(in file: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(file, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self))
  }
}
