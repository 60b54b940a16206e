import CommandLineKit
import Glibc
import Loop
import Primitives
import Testing

@testable import MusterServer

/// Where the password of the first account goes.
@Suite struct FirstPasswordTests {
  private let said = Locked("")
  private let screen = Screen()

  private var console: Console {
    let said = said
    return Console(
      write: { text in said.withLock { $0 += text } },
      writeError: { text in said.withLock { $0 += text } }, readSecret: { _ in nil })
  }

  private func content(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [CChar](repeating: 0, count: 100)
    guard fgets(&bytes, 100, file) != nil else { return nil }
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  @Test func `a unit or container finds it in a file for its user only`() {
    let first = FirstPassword(password: "s3cret", folder: screen.folder)
    first.tell(console, isTerminal: false)
    #expect(!said.withLock { $0 }.contains("s3cret"))
    #expect(said.withLock { $0 }.contains(first.path))
    #expect(content(of: first.path) == "s3cret\n")
    var facts = stat()
    #expect(stat(first.path, &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o600)
  }

  @Test func `a terminal shows it and nothing is written`() {
    let first = FirstPassword(password: "s3cret", folder: screen.folder)
    first.tell(console, isTerminal: true)
    #expect(said.withLock { $0 }.contains("s3cret"))
    #expect(content(of: first.path) == nil)
  }

  @Test func `where no file can be written it is not shown either`() {
    FirstPassword(password: "s3cret", folder: "/proc/no/such").tell(console, isTerminal: false)
    #expect(!said.withLock { $0 }.contains("s3cret"))
    #expect(said.withLock { $0 }.contains("muster account passwd admin"))
  }
}
