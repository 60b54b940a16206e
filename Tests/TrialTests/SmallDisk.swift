import Glibc
import Rig

/// A disk of a few megabytes in memory, which can be filled. Only root can make one.
final class SmallDisk: Sendable {
  private let folder: FreshFolder
  var path: String { folder.path }

  static let isPossible = (try? SmallDisk()) != nil

  init(megabytes: Int = 16) throws {
    folder = try FreshFolder()
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
      throw Fault("no disk in memory: \(String(cString: strerror(errno)))")
    }
  }

  deinit { umount2(folder.path, Int32(MNT_DETACH)) }

  private var ballast: String { "\(path)/ballast" }

  /// Takes all the room that is left.
  func fill() throws {
    let file = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Fault("no ballast") }
    defer { close(file) }
    for size in [64 << 10, 4096, 1] {
      let bytes = [UInt8](repeating: 0, count: size)
      while write(file, bytes, size) > 0 {}
    }
  }

  func makeRoom() { unlink(ballast) }

  /// Nobody may have a file open on it.
  func forbidWriting() throws {
    guard mount(nil, path, nil, UInt(MS_REMOUNT | MS_RDONLY), nil) == 0 else {
      throw Fault("the disk stays as it is: \(String(cString: strerror(errno)))")
    }
  }
}

/// How long a file of another process may become from now on; nil is any length.
func limitFiles(of process: Int32, to bytes: Int?) throws {
  let most = bytes.map { "\($0)" } ?? "unlimited"
  let tool = try ChildProcess("prlimit", ["--pid", "\(process)", "--fsize=\(most):unlimited"])
  guard try tool.result(within: 10) == 0 else { throw Fault("no limit for files") }
}
