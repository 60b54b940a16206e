import Rig
import Testing

/// A library that stands in front of the program's own, built of one of the files in `Tests/Preload`.
struct Preload {
  private let folder: FreshFolder
  private let library: String

  init(_ name: String) throws {
    folder = try FreshFolder()
    library = "\(folder.path)/\(name).so"
    let compiler = try ChildProcess(
      "clang", ["-O2", "-shared", "-fPIC", "-o", library, "Tests/Preload/\(name).c"])
    try #require(try compiler.result(within: 60) == 0)
  }

  /// For the environment of the program.
  var setting: String { "LD_PRELOAD=\(library)" }
}
