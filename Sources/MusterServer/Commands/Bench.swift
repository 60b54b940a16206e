internal import CommandLineKit
internal import Glibc

extension Program {
  /// Becomes `muster-bench`, which lies beside this program.
  func bench(_ call: Invocation) throws -> ExitCode {
    let program = Folder.parent(of: try ownPath()) + "/muster-bench"
    var arguments = ([program] + call.rest).map { strdup($0) }
    arguments.append(nil)
    execv(program, arguments)
    let isMissing = errno == ENOENT
    let reason = String(cString: strerror(errno))
    for argument in arguments { free(argument) }
    guard !isMissing else {
      throw Failure(
        "\(program) is not there: build it with swift build -c release --product muster-bench")
    }
    throw Failure("cannot run \(program): \(reason)")
  }

  func ownPath() throws -> String {
    var room = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &room, room.count)
    guard count > 0 else { throw Failure("cannot find out where this program lies") }
    return String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
