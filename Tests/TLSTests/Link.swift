import Bytes
import TLS

/// Both ends of one connection, with the bytes between them in the test's hands.
final class Link {
  var server: TLSConnection
  var client: TLSConnection
  var toServer = ByteBuffer()
  var toClient = ByteBuffer()
  var atServer = ByteBuffer()
  var atClient = ByteBuffer()

  init(
    _ server: TLSContext, _ client: TLSContext, name: String = "localhost",
    resuming: TLSSession? = nil
  ) throws {
    self.server = try TLSConnection(accepting: server)
    self.client = try TLSConnection(connecting: client, to: name, resuming: resuming)
    try self.client.start(reply: &toServer)
  }

  var isEstablished: Bool { server.isEstablished && client.isEstablished }
  var serverFacts: TLSFacts? { server.facts }
  var clientFacts: TLSFacts? { client.facts }
  var session: TLSSession? { client.resumableSession() }

  /// Carries bytes both ways, `step` at a time, until none are left.
  func settle(step: Int = .max) throws {
    while !toServer.isEmpty || !toClient.isEmpty {
      try deliverToServer(step)
      try deliverToClient(step)
    }
  }

  @discardableResult
  func deliverToServer(_ step: Int = .max) throws -> TLSProgress? {
    var last: TLSProgress?
    let bytes = [UInt8](toServer)
    toServer.removeAll()
    var index = 0
    while index < bytes.count {
      let end = min(bytes.count, step == .max ? bytes.count : index + step)
      last = try server.open(
        bytes.span.extracting(index..<end), plaintext: &atServer, reply: &toClient)
      index = end
    }
    return last
  }

  @discardableResult
  func deliverToClient(_ step: Int = .max) throws -> TLSProgress? {
    var last: TLSProgress?
    let bytes = [UInt8](toClient)
    toClient.removeAll()
    var index = 0
    while index < bytes.count {
      let end = min(bytes.count, step == .max ? bytes.count : index + step)
      last = try client.open(
        bytes.span.extracting(index..<end), plaintext: &atClient, reply: &toServer)
      index = end
    }
    return last
  }

  func sendToServer(_ bytes: [UInt8]) throws { try client.seal(bytes.span, into: &toServer) }

  func sendToClient(_ bytes: [UInt8]) throws { try server.seal(bytes.span, into: &toClient) }

  /// What arrived at the server since the last call.
  func takeAtServer() -> [UInt8] {
    let bytes = [UInt8](atServer)
    atServer.removeAll()
    return bytes
  }

  func takeAtClient() -> [UInt8] {
    let bytes = [UInt8](atClient)
    atClient.removeAll()
    return bytes
  }
}
