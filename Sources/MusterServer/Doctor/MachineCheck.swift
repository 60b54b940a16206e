internal import Glibc
internal import Loop

/// Is the machine set up for many connections, and does it know what time it is?
struct MachineCheck {
  /// Files and connections that the process may have open.
  var openFiles: Int
  /// Connections that may wait to be accepted.
  var backlog: Int
  /// Does somebody keep the clock right? nil if nobody knows.
  var isClockKept: Bool?
  var year: Int
  var isRoot: Bool

  static var here: MachineCheck {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var now = time(nil)
    var date = tm()
    gmtime_r(&now, &date)
    return MachineCheck(
      openFiles: Int(clamping: limit.rlim_max), backlog: number("/proc/sys/net/core/somaxconn"),
      isClockKept: SystemTime.isKept, year: Int(date.tm_year) + 1900, isRoot: geteuid() == 0)
  }

  func findings() -> [Finding] { [files(), queue(), clock(), user()] }

  private func files() -> Finding {
    openFiles >= 65_536
      ? .good("open files", "up to \(openFiles)")
      : .warning(
        "open files", "only \(openFiles): each connection takes one",
        "LimitNOFILE=1048576 in the unit, or ulimit -n")
  }

  private func queue() -> Finding {
    backlog >= 4096
      ? .good("listen queue", "up to \(backlog)")
      : .warning(
        "listen queue", "only \(backlog) connections may wait: a restart makes all come at once",
        "sysctl -w net.core.somaxconn=4096")
  }

  private func clock() -> Finding {
    guard year >= 2024 else {
      return .failure("clock", "it shows the year \(year)", "set it: timedatectl set-ntp true")
    }
    guard isClockKept != false else {
      return .warning(
        "clock", "no time service keeps it right: stays, tokens and certificates go by it",
        "timedatectl set-ntp true")
    }
    return .good("clock", "it is kept right")
  }

  private func user() -> Finding {
    isRoot
      ? .warning(
        "user", "this is root", "run the server as a user of its own (deploy/muster.service)")
      : .good("user", "not root")
  }

  private static func number(_ path: String) -> Int {
    guard let file = fopen(path, "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 32)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    return Int(atoi(line))
  }
}
