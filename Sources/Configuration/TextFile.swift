internal import Glibc

/// Reads small files whole.
public enum TextFile {
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String { "cannot read \(path): \(reason)" }
  }

  /// - Parameter limit: a longer file is refused.
  public static func read(_ path: String, limit: Int = 1 << 20) throws(Failure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw last(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var portion = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe portion.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw last(path) }
      guard count > 0 else { return bytes }
      bytes += portion[..<count]
      guard bytes.count <= limit else {
        throw Failure(path: path, reason: "longer than \(limit) bytes")
      }
    }
  }

  private static func last(_ path: String) -> Failure {
    let text = unsafe strerror(errno).map { unsafe String(cString: $0) }
    return Failure(path: path, reason: text ?? "unknown reason")
  }
}
