import Glibc
import Loop
import Testing

@testable import TLS

@Suite struct `The development certificate` {
  let certificates = TestCertificates()
  // Not the epoch: the certificates of the other tests are dated by the machine's clock.
  let time = ManualTime(unixMilliseconds: SystemTime().unixMilliseconds)

  private var development: DevelopmentCertificate {
    DevelopmentCertificate(folder: certificates.folder, time: time)
  }

  private func mode(of path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test func `serves localhost and the loopback addresses`() throws {
    #expect(try development.prepare())
    let server = try TLSContext.server([development.pair])
    #expect(server.warnings.isEmpty)
    let client = try TLSContext.client(trusting: .file(development.pair.certificatePath))
    for name in ["localhost", "127.0.0.1", "::1"] {
      let link = try Link(server, client, name: name)
      try link.settle()
      #expect(link.isEstablished, "\(name)")
    }
  }

  @Test func `has a key that only its owner can read, whatever the umask`() throws {
    let before = umask(0)
    defer { umask(before) }
    try development.prepare()
    #expect(mode(of: development.pair.keyPath) == 0o600)
    #expect(mode(of: development.pair.certificatePath) == 0o644)
  }

  @Test func `lives 398 days at most and is renewed before it dies`() throws {
    #expect(try development.prepare())
    let first = try Identity(reading: development.pair)
    let left = first.secondsLeft(at: time.unixMilliseconds / 1000)
    #expect(left > 390 * 86_400 && left < 398 * 86_400)
    #expect(try !development.prepare())
    time.advance(by: .seconds(360 * 86_400))
    #expect(try !development.prepare())
    time.advance(by: .seconds(10 * 86_400))
    #expect(try development.prepare())
    #expect(try Identity(reading: development.pair).fingerprint != first.fingerprint)
  }

  @Test func `is made again when a start was cut off between its two files`() throws {
    try development.prepare()
    unlink(development.pair.keyPath)
    #expect(try development.prepare())
    let other = try certificates.make("other")
    rename(other.keyPath, development.pair.keyPath)
    #expect(try development.prepare())
    _ = try Identity(reading: development.pair)
  }

  @Test func `leaves a pair alone that somebody else put there`() throws {
    let theirs = try certificates.make("theirs", days: 2)
    rename(theirs.certificatePath, development.pair.certificatePath)
    rename(theirs.keyPath, development.pair.keyPath)
    #expect(try !development.prepare())
    unlink(development.pair.keyPath)
    #expect(throws: TLSError.self) { try development.prepare() }
    #expect(mode(of: development.pair.certificatePath) != 0)
  }

  @Test func `leaves a key alone that has no certificate`() throws {
    let theirs = try certificates.make("theirs")
    rename(theirs.keyPath, development.pair.keyPath)
    #expect(throws: TLSError.self) { try development.prepare() }
  }

  @Test func `is made once when many start at the same time`() async throws {
    let development = development
    let made = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { try development.prepare() } }
      return try await group.reduce(into: 0) { count, isMaker in count += isMaker ? 1 : 0 }
    }
    #expect(made == 1)
    _ = try Identity(reading: development.pair)
  }

  @Test func `says where it could not be written`() {
    let nowhere = DevelopmentCertificate(folder: "/proc/nowhere")
    #expect(throws: TLSError.self) { try nowhere.prepare() }
  }
}
