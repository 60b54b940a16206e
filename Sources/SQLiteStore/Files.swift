internal import Glibc
internal import Storage

extension StoreError {
  /// A system call that failed; what it was about, in words.
  static func system(_ what: String) -> StoreError {
    let number = errno
    let code: Code =
      switch number {
      case ENOSPC, EDQUOT: .full
      case EROFS, EACCES, EPERM: .readOnly
      default: .unavailable
      }
    let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    return StoreError(code, "cannot \(what): \(reason)")
  }
}

/// Makes a file that nobody but its owner can read, unless there is one. SQLite gives the files
/// beside it the same rights.
func createPrivateFile(_ path: String) throws(StoreError) {
  let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
  guard file >= 0 else { throw .system("open the database file") }
  close(file)
}

/// Waits until the disk has a file, or the names in a folder.
func putOnDisk(_ path: String) throws(StoreError) {
  let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw .system("open the backup") }
  defer { close(file) }
  guard fsync(file) == 0 else { throw .system("write the backup to the disk") }
}

func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
