internal import CommandLineKit
internal import Glibc

/// Hands the one-time password of the account `admin` to the operator.
///
/// Standard output of a unit or container ends in a journal, where it would stay. The password is
/// shown on a terminal, and otherwise written to a file that only the server's user can read.
struct FirstPassword {
  let password: String
  let folder: String

  var path: String { "\(folder)/first-admin-password" }

  func tell(_ console: Console, isTerminal: Bool) {
    if isTerminal {
      console.print(
        "First start: log in as admin with the password \(password) (shown only now).")
    } else if write() {
      console.print(
        "First start: log in as admin with the password in \(path), then delete the file.")
    } else {
      console.printError(
        "muster: the password of admin cannot be written to \(path): muster account passwd admin sets one"
      )
    }
  }

  private func write() -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    let bytes = Array("\(password)\n".utf8)
    return fchmod(file, 0o600) == 0 && Glibc.write(file, bytes, bytes.count) == bytes.count
  }
}
