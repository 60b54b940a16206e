internal import CCurl
internal import Glibc

/// Authorities of one's own, trusted beside those of the machine.
public enum Authorities {
  private static let most = 4 << 20

  /// Throws what is wrong with a file of authorities.
  public static func check(_ path: String) throws(TransferError) { _ = try own(path) }

  /// The machine's authorities, and behind them those in the file.
  static func together(with path: String) throws(TransferError) -> [UInt8] {
    let own = try own(path)
    // The folder of authorities that libcurl knows counts in any case.
    guard let system = unsafe muster_curl_authorities(),
      let theirs = read(unsafe String(cString: system))
    else { return own }
    return theirs + [UInt8(ascii: "\n")] + own
  }

  private static func own(_ path: String) throws(TransferError) -> [UInt8] {
    guard let bytes = read(path) else {
      throw TransferError(.encryption, "the authorities in \(path) cannot be read")
    }
    guard String(decoding: bytes, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
      throw TransferError(.encryption, "\(path) has no certificate in it")
    }
    return bytes
  }

  /// Nil for what is no file, or far too long for one of certificates.
  private static func read(_ path: String) -> [UInt8]? {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var portion = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= most {
      let count = unsafe Glibc.read(descriptor, &portion, portion.count)
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes += portion[..<count]
    }
    return nil
  }
}
