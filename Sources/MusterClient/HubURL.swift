internal import Loop

/// Where the hub is: `wss://host[:port][/path]`, or `ws://` without encryption.
struct HubURL: Equatable, Sendable {
  let isEncrypted: Bool
  let endpoint: Endpoint
  /// As in the `Host` header: without a port that is the usual one.
  let host: String
  let path: String

  init(_ text: String) throws(MusterError) {
    let fault = MusterError(reason: "bad_url", message: "\(text) is no address of a hub")
    guard let mark = text.firstRange(of: "://") else { throw fault }
    switch text[..<mark.lowerBound] {
    case "wss", "https": isEncrypted = true
    case "ws", "http": isEncrypted = false
    default: throw fault
    }
    let rest = text[mark.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    host = String(rest[..<slash])
    path = slash == rest.endIndex ? "/ws" : String(rest[slash...])
    let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard isPlain, !host.isEmpty, !host.contains("@"), !path.contains("#") else { throw fault }
    endpoint = try HubURL.endpoint(host, usual: isEncrypted ? 443 : 80, fault)
  }

  private static func endpoint(
    _ host: String, usual: UInt16, _ fault: MusterError
  ) throws(MusterError) -> Endpoint {
    let hasPort = host.last != "]" && host.contains(":")
    do {
      return try Endpoint(hasPort ? host : "\(host):\(usual)")
    } catch {
      throw fault
    }
  }
}
