internal import Glibc

extension TransferLane {
  /// Keeps a letter as a file, which gets its name when it is complete.
  func keep(_ bytes: [UInt8], in folder: String, as name: String) throws(TransferError) {
    guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .system(folder) }
    let path = "\(folder)/\(name).eml"
    let draft = path + ".partial"
    let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(draft) }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw .system(draft) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0, unsafe rename(draft, path) == 0 else { throw .system(path) }
  }
}

extension TransferError {
  fileprivate static func system(_ path: String) -> TransferError {
    let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "unknown reason"
    return TransferError(.other, "cannot write \(path): \(reason)")
  }
}
