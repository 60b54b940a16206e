internal import Glibc

/// Runs programs of the machine that tests need.
enum Shell {
  /// Starts a script and returns its process.
  static func start(_ script: String, input: Int32? = nil, log: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(script), nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    guard posix_spawn(&process, "/bin/sh", &actions, nil, &words, environ) == 0 else {
      throw ThrowawayPostgres.Failure(description: "cannot start /bin/sh")
    }
    return process
  }

  /// Runs a script to its end.
  static func run(_ script: String, log: String) throws {
    let process = try start(script, log: log)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else {
      throw ThrowawayPostgres.Failure(description: "\(script)\nfailed:\n\(beginning(of: log))")
    }
  }

  private static func beginning(of file: String) -> String {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4000)
    return String(decoding: bytes.prefix(max(0, read(descriptor, &bytes, 4000))), as: UTF8.self)
  }
}

/// Where PostgreSQL's programs are, and how they are run by somebody who is not root.
struct Programs: Sendable {
  let folder: String
  private let user: (name: String, id: uid_t, group: gid_t)?

  /// The value, or a sentence about its absence.
  static func find() -> (Programs?, String?) {
    guard
      let folder = (13...30).reversed().map({ "/usr/lib/postgresql/\($0)/bin" })
        .first(where: { access("\($0)/initdb", X_OK) == 0 })
    else { return (nil, "PostgreSQL is not installed: apt-get install postgresql") }
    if getuid() != 0 { return (Programs(folder: folder, user: nil), nil) }
    guard access("/usr/bin/setpriv", X_OK) == 0 else {
      return (nil, "PostgreSQL does not run as root, and setpriv (util-linux) is missing")
    }
    guard let entry = getpwnam("postgres") else {
      return (nil, "PostgreSQL does not run as root, and there is no user postgres")
    }
    let user = ("postgres", entry.pointee.pw_uid, entry.pointee.pw_gid)
    return (Programs(folder: folder, user: user), nil)
  }

  /// A fresh folder that belongs to the user who runs the server.
  func makeFolder() throws -> String {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/muster-postgres-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ThrowawayPostgres.Failure(description: "no folder for a database in \(base)")
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if let user, chown(path, user.id, user.group) != 0 {
      throw ThrowawayPostgres.Failure(description: "cannot give \(path) to \(user.name)")
    }
    return path
  }

  func run(_ script: String, log: String) throws {
    guard let user else { return try Shell.run(script, log: log) }
    let quoted = script.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''")
    try Shell.run(
      "cd / && exec setpriv --reuid=\(user.name) --regid=\(user.name) --clear-groups"
        + " env HOME=/nonexistent LC_ALL=C.UTF-8 sh -c '\(quoted)'", log: log)
  }
}
