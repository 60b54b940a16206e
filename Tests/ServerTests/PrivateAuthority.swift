import Glibc
import Rig
import TLS

/// An authority that nobody trusts but who is told to, made with the openssl program.
struct PrivateAuthority {
  static let isPossible = access("/usr/bin/openssl", X_OK) == 0

  private let folder: FreshFolder
  var certificate: String { "\(folder.path)/ca.pem" }

  init() throws {
    folder = try FreshFolder()
    try run(["req", "-x509", "-subj", "/CN=The lab's own", "-days", "9"] + key("ca") + out("ca"))
  }

  /// A server's certificate for a name such as `IP:127.0.0.1`.
  func pair(for name: String) throws -> CertificatePair {
    try TextFile.write(Array("subjectAltName=\(name)\n".utf8), to: "\(folder.path)/name.txt")
    try run(
      ["req", "-subj", "/CN=receiver", "-out", "\(folder.path)/wish.pem"] + key("server"))
    try run(
      [
        "x509", "-req", "-in", "\(folder.path)/wish.pem", "-days", "9", "-CA", certificate,
        "-CAkey", "\(folder.path)/ca.key", "-CAcreateserial",
        "-extfile", "\(folder.path)/name.txt",
      ] + out("server"))
    return CertificatePair(
      certificatePath: "\(folder.path)/server.pem", keyPath: "\(folder.path)/server.key")
  }

  private func key(_ name: String) -> [String] {
    [
      "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
      "\(folder.path)/\(name).key",
    ]
  }

  private func out(_ name: String) -> [String] { ["-out", "\(folder.path)/\(name).pem"] }

  private func run(_ arguments: [String]) throws {
    let program = try ChildProcess("openssl", arguments)
    guard try program.result(within: 20) == 0 else { throw Fault("openssl \(arguments)") }
  }
}
