internal import HTTP
internal import Limits
internal import Loop
internal import PluginKit

/// The clients behind trusted proxies.
struct ProxiedClients {
  let transport: SharedTransport
  let shared: SharedHTTP

  /// Takes the client of this request from the proxy's header and counts the connection as the
  /// client's. False if the client has too many connections.
  func note(_ connection: Connection, _ head: RequestHead, _ limits: ServerLimits) -> Bool {
    guard connection.isProxied else { return true }
    connection.client = head.forwarded(.xForwardedFor).flatMap { IPAddress(forwarded: $0[...]) }
    if connection.client == nil { warnOfProxy(connection) }
    let key = connection.client.map { ClientKey($0) } ?? .unknown
    guard transport.limiter.enterForwarded(key, limits) else { return false }
    connection.counted = key
    return true
  }

  /// The request is answered: the proxy may use the connection for another client.
  func forget(_ connection: Connection) {
    guard connection.isProxied, let key = connection.counted.take() else { return }
    transport.limiter.leaveForwarded(key)
  }

  private func warnOfProxy(_ connection: Connection) {
    guard shared.beginsProxyWarning() else { return }
    shared.log.warning(
      "a trusted proxy forwards no readable client address: such clients are in no open network",
      ["proxy": "\(connection.peer.address)", "remedy": "let it set X-Forwarded-For"])
  }
}

extension RequestHead {
  /// The last entry of a forwarding header. The trusted proxy wrote it, perhaps as a line of its
  /// own; the client may have written the entries before it.
  ///
  /// The comma is looked for among bytes: a letter that the client ends its entry with could join
  /// with the proxy's comma into one character.
  func forwarded(_ name: HeaderName) -> String? {
    guard let list = headers.list(name)?.utf8 else { return nil }
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let comma = list.lastIndex(of: UInt8(ascii: ","))
    let last = list[(comma.map { list.index(after: $0) } ?? list.startIndex)...]
    let start = last.drop(while: isBlank)
    return start.lastIndex { !isBlank($0) }.map { String(Substring(start[...$0])) }
  }
}
