import Glibc
import Testing

@testable import Outbound

@Suite struct AuthoritiesTests {
  /// A file of its own, gone afterwards.
  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    var name = Array("/tmp/muster-authorities-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    try #require(descriptor >= 0)
    let path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { unlink(path) }
    #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
    close(descriptor)
    try body(path)
  }

  private static let own = "-----BEGIN CERTIFICATE-----\nb3du\n-----END CERTIFICATE-----\n"

  @Test func `of one's own stand behind those of the machine`() throws {
    try withFile(Self.own) { path in
      let together = String(decoding: try Authorities.together(with: path), as: UTF8.self)
      #expect(together.hasSuffix("\n" + Self.own))
      guard access("/etc/ssl/certs/ca-certificates.crt", R_OK) == 0 else { return }
      #expect(together.utf8.count > 10_000)
    }
  }

  @Test func `are no file without a certificate, and no file that is not there`() throws {
    try withFile("nothing of that kind") { path in
      #expect(throws: TransferError.self) { try Authorities.check(path) }
    }
    for path in ["/nowhere/ca.pem", "/tmp", ""] {
      #expect(throws: TransferError.self) { try Authorities.check(path) }
    }
  }
}
