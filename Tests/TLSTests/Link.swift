import Bytes
import Testing

@testable import TLS

/// Who carries the data at either end, and how.
struct Setup: Sendable, CustomTestStringConvertible {
  var server: Bool
  var client: Bool
  var suite = "TLS_AES_128_GCM_SHA256"
  var version = TLSFacts.Version.tls13
  /// May the own records leave AES to the faster library?
  var isFast = true

  /// Both record layers against both, every suite and every library once more, and TLS 1.2.
  static let all = [
    Setup(server: false, client: false), Setup(server: true, client: false),
    Setup(server: false, client: true), Setup(server: true, client: true),
    Setup(server: true, client: false, isFast: false),
    Setup(server: true, client: true, isFast: false),
    Setup(server: true, client: false, suite: "TLS_AES_256_GCM_SHA384"),
    Setup(server: true, client: false, suite: "TLS_AES_256_GCM_SHA384", isFast: false),
    Setup(server: true, client: false, suite: "TLS_CHACHA20_POLY1305_SHA256"),
    Setup(server: true, client: true, version: .tls12),
  ]
  static let tls13 = all.filter { $0.version == .tls13 }

  var testDescription: String {
    let names = [server, client].map { $0 ? "own" : "OpenSSL" }
    let speed = isFast ? "" : ", libcrypto alone"
    return "\(names[0]) server, \(names[1]) client, \(version), \(suite)\(speed)"
  }

  func options(own: Bool) -> TLSOptions {
    var options = TLSOptions()
    options.ownsRecords = own
    options.newestVersion = version
    options.suites = suite
    options.hasFastCiphers = isFast
    return options
  }

  /// What both ends are made from; making it takes longer than a handshake.
  func contexts(
    _ certificates: TestCertificates, recordLimit: UInt64? = nil
  ) throws -> (server: TLSContext, client: TLSContext) {
    let pair = try certificates.make("a")
    var serverOptions = options(own: server)
    var clientOptions = options(own: client)
    serverOptions.recordLimit = recordLimit
    clientOptions.recordLimit = recordLimit
    return (
      try .server([pair], options: serverOptions),
      try .client(trusting: .anyone, options: clientOptions)
    )
  }

  func link(_ certificates: TestCertificates) throws -> Link {
    let contexts = try contexts(certificates)
    return try Link(contexts.server, contexts.client)
  }

  /// A link whose handshake is done and whose ends are who they should be.
  func settled(_ certificates: TestCertificates, recordLimit: UInt64? = nil) throws -> Link {
    try settled(contexts(certificates, recordLimit: recordLimit))
  }

  func settled(_ contexts: (server: TLSContext, client: TLSContext)) throws -> Link {
    let link = try Link(contexts.server, contexts.client)
    try link.settle()
    try link.require(self)
    return link
  }
}

/// Both ends of one connection, with the bytes between them in the test's hands.
final class Link {
  struct Unexpected: Error {}

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

  func require(_ setup: Setup) throws {
    let canOwn = setup.version == .tls13
    guard isEstablished, server.ownsRecords == (canOwn && setup.server),
      client.ownsRecords == (canOwn && setup.client)
    else { throw Unexpected() }
  }

  /// Carries bytes both ways, `step` at a time, until none are left.
  func settle(step: Int = .max) throws {
    while !toServer.isEmpty || !toClient.isEmpty {
      try deliverToServer(step)
      try deliverToClient(step)
    }
  }

  @discardableResult
  func deliverToServer(_ step: Int = .max) throws -> TLSProgress? {
    try Self.deliver(&toServer, step, to: &server, &atServer, &toClient)
  }

  @discardableResult
  func deliverToClient(_ step: Int = .max) throws -> TLSProgress? {
    try Self.deliver(&toClient, step, to: &client, &atClient, &toServer)
  }

  private static func deliver(
    _ wire: inout ByteBuffer, _ step: Int, to end: inout TLSConnection,
    _ plaintext: inout ByteBuffer, _ reply: inout ByteBuffer
  ) throws -> TLSProgress? {
    var last: TLSProgress?
    var bytes = ByteBuffer()
    swap(&bytes, &wire)
    while !bytes.isEmpty {
      let count = min(bytes.count, step)
      last = try end.open(
        bytes.bytes.extracting(..<count), plaintext: &plaintext, reply: &reply)
      bytes.consume(count)
    }
    return last
  }

  func sendToServer(_ bytes: [UInt8]) throws { try client.seal(bytes.span, into: &toServer) }

  func sendToClient(_ bytes: [UInt8]) throws { try server.seal(bytes.span, into: &toClient) }

  /// Takes the bytes that are on their way to the server out of the wire.
  func interceptToServer() -> [UInt8] {
    defer { toServer.removeAll() }
    return [UInt8](toServer)
  }

  func interceptToClient() -> [UInt8] {
    defer { toClient.removeAll() }
    return [UInt8](toClient)
  }

  func injectToServer(_ bytes: some Sequence<UInt8>) { toServer.append(Array(bytes)) }

  func injectToClient(_ bytes: some Sequence<UInt8>) { toClient.append(Array(bytes)) }

  /// What arrived at the server since the last call.
  func takeAtServer() -> [UInt8] {
    defer { atServer.removeAll() }
    return [UInt8](atServer)
  }

  func takeAtClient() -> [UInt8] {
    defer { atClient.removeAll() }
    return [UInt8](atClient)
  }
}

/// The error that `body` throws, if it is one of ours.
func failure(of body: () throws -> Void) -> TLSError? {
  do {
    try body()
    return nil
  } catch { return error as? TLSError }
}

/// `count` bytes that differ from place to place.
func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }
