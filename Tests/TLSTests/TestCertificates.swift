import Glibc
import Loop

@testable import TLS

/// A fresh directory with certificates made for a test; gone when the test is.
final class TestCertificates {
  let folder: String
  let now = SystemTime().unixMilliseconds / 1000

  init() {
    var template = Array("/tmp/muster-tls-XXXXXX".utf8CString)
    mkdtemp(&template)
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    guard let directory = opendir(folder) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(folder)/\(name)")
    }
    closedir(directory)
    rmdir(folder)
  }

  /// Makes a pair called `name` for `names` and writes it; `days` from now it expires.
  func make(
    _ name: String, for names: [String] = ["localhost"], _ kind: Identity.Kind = .ecdsa,
    days: Int64 = 30
  ) throws -> CertificatePair {
    let made = try SelfSigned(
      SelfSigned.Recipe(
        owner: name, names: names.map { "DNS:\($0)" }.joined(separator: ","), kind: kind,
        notBefore: now - 100 * 86_400, notAfter: now + days * 86_400))
    let pair = CertificatePair(
      certificatePath: "\(folder)/\(name).crt", keyPath: "\(folder)/\(name).key")
    write(made.certificate, to: pair.certificatePath)
    write(made.key, to: pair.keyPath)
    return pair
  }

  func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)
    _ = Glibc.write(file, bytes, bytes.count)
    close(file)
  }
}
