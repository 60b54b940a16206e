import Bytes
import Glibc
import Loop
import Primitives
import Testing

@testable import TLS

@Suite struct `A TLS context` {
  let certificates = TestCertificates()

  private func established(
    _ server: TLSContext, _ client: TLSContext, name: String = "localhost",
    resuming: TLSSession? = nil
  ) throws -> Link {
    let link = try Link(server, client, name: name, resuming: resuming)
    try link.settle()
    #expect(link.isEstablished)
    return link
  }

  @Test func `prefers TLS 1.3 with AES-128-GCM whatever the client likes best`() throws {
    let pair = try certificates.make("a")
    var options = TLSOptions()
    options.suites = "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"
    let link = try established(
      .server([pair]), .client(trusting: .file(pair.certificatePath), options: options))
    let facts = link.serverFacts
    #expect(
      facts
        == TLSFacts(
          version: .tls13, cipher: "TLS_AES_128_GCM_SHA256", applicationProtocol: "http/1.1",
          serverName: "localhost", isResumed: false))
    #expect(link.clientFacts?.cipher == facts?.cipher)
  }

  @Test(arguments: [Identity.Kind.ecdsa, .rsa])
  func `speaks TLS 1.2 with an ephemeral key and AES-128-GCM`(_ kind: Identity.Kind) throws {
    let pair = try certificates.make("a", kind)
    var options = TLSOptions()
    options.newestVersion = .tls12
    let link = try established(
      .server([pair]), .client(trusting: .file(pair.certificatePath), options: options))
    #expect(link.serverFacts?.version == .tls12)
    #expect(
      link.serverFacts?.cipher == "TLS_ECDHE_\(kind)_WITH_AES_128_GCM_SHA256".uppercased())
  }

  @Test func `chooses the certificate by the name that is asked for`() throws {
    let main = try certificates.make("main", for: ["localhost"])
    let wild = try certificates.make("wild", for: ["*.campus.example"])
    let exact = try certificates.make("exact", for: ["chat.campus.example"], .rsa)
    let exactToo = try certificates.make("exact2", for: ["chat.campus.example"])
    let server = try TLSContext.server([main, wild, exact, exactToo])
    for (name, expected) in [
      ("localhost", main), ("lab.campus.example", wild), ("chat.campus.example", exactToo),
    ] {
      _ = try established(
        server, .client(trusting: .file(expected.certificatePath)), name: name)
    }
    let pin = try #require(server.fingerprint)
    _ = try established(server, .client(trusting: .pinned(pin)), name: "elsewhere.example")
    _ = try established(server, .client(trusting: .pinned(pin)), name: "127.0.0.1")
  }

  @Test func `refuses a client that only speaks other protocols`() throws {
    let side = try TLSContext.server([certificates.make("a")])
    var options = TLSOptions()
    options.protocols = ["h2", "http/1.0"]
    let client = try TLSContext.client(trusting: .anyone, options: options)
    let link = try Link(side, client)
    let error = failure { try link.settle() }
    #expect(error?.code == .handshake)
    #expect(failure { try link.deliverToClient() }?.code == .peerAlert)
  }

  @Test func `resumes with a ticket, also after the certificates were reloaded`() throws {
    let pair = try certificates.make("a")
    let server = try TLSContext.server([pair])
    var options = TLSOptions()
    options.collectsSessions = true
    let client = try TLSContext.client(
      trusting: .file(pair.certificatePath), options: options)
    let first = try established(server, client)
    #expect(first.clientFacts?.isResumed == false)
    let session = try #require(first.session)
    let reloaded = try server.reloaded([certificates.make("b")])
    let second = try established(reloaded, client, resuming: session)
    #expect(second.serverFacts?.isResumed == true && second.clientFacts?.isResumed == true)
    #expect(second.serverFacts?.serverName == "localhost")
  }

  @Test(arguments: [TLSFacts.Version.tls12, .tls13])
  func `opens tickets of the key before the current one, and none older`(
    _ version: TLSFacts.Version
  ) throws {
    let time = ManualTime()
    var options = TLSOptions()
    options.time = time
    options.newestVersion = version
    options.collectsSessions = true
    let server = try TLSContext.server([certificates.make("a")], options: options)
    let client = try TLSContext.client(trusting: .anyone, options: options)
    let session = try #require(try established(server, client).session)
    for (hours, resumed) in [(5, true), (2, true), (6, false)] {
      time.advance(by: .seconds(hours * 3600))
      let link = try established(server, client, resuming: session)
      #expect(link.serverFacts?.isResumed == resumed, "\(hours)")
    }
    let later = try #require(try established(server, client).session)
    time.advance(by: .seconds(13 * 3600))
    #expect(try established(server, client, resuming: later).serverFacts?.isResumed == false)
  }

  @Test func `keeps the old certificates when a new pair is bad`() throws {
    let good = try certificates.make("good")
    let other = try certificates.make("other")
    let server = try TLSContext.server([good])
    let crossed = CertificatePair(
      certificatePath: good.certificatePath, keyPath: other.keyPath)
    let error = failure { _ = try server.reloaded([other, crossed]) }
    #expect(error?.code == .certificate)
    #expect(error?.detail.contains("is not the key of") == true)
    _ = try established(server, .client(trusting: .file(good.certificatePath)))
    let reloaded = try server.reloaded([other])
    _ = try established(reloaded, .client(trusting: .file(other.certificatePath)))
  }

  @Test func `says in words what is wrong with a pair`() throws {
    let good = try certificates.make("good")
    let empty = "\(certificates.folder)/empty"
    certificates.write([], to: empty)
    let missing = CertificatePair(certificatePath: "/nowhere/a.crt", keyPath: good.keyPath)
    let noCertificate = CertificatePair(certificatePath: empty, keyPath: good.keyPath)
    let noKey = CertificatePair(certificatePath: good.certificatePath, keyPath: empty)
    for (pair, words) in [
      (missing, "/nowhere/a.crt: No such file"), (noCertificate, "empty has no certificate"),
      (noKey, "empty has no key"),
    ] {
      let error = failure { _ = try TLSContext.server([pair]) }
      #expect(error?.code == .certificate)
      #expect(error?.detail.contains(words) == true, "\(String(describing: error))")
    }
    #expect(failure { _ = try TLSContext.server([]) }?.code == .certificate)
  }

  @Test func `warns of certificates that expire and keys that everybody can read`() throws {
    let fresh = try certificates.make("fresh")
    let dying = try certificates.make("dying", days: 3)
    let dead = try certificates.make("dead", days: -1)
    chmod(fresh.keyPath, 0o644)
    let context = try TLSContext.server([fresh, dying, dead])
    let warnings = context.warnings
    #expect(warnings.count == 3)
    #expect(warnings.first?.hasSuffix("fresh.key can be read by everybody on this machine") == true)
    #expect(warnings.contains { $0.contains("dying.crt expires in ") })
    #expect(warnings.contains { $0.hasSuffix("dead.crt has expired") })
    #expect(context.secondsUntilExpiry.map { $0 < 0 } == true)
  }

  @Test func `a client refuses strangers, other names and other pins`() throws {
    let pair = try certificates.make("a", for: ["localhost"])
    let other = try certificates.make("b", for: ["localhost"])
    let server = try TLSContext.server([pair])
    for (trust, name) in [
      (TLSTrust.system, "localhost"), (.file(other.certificatePath), "localhost"),
      (.file(pair.certificatePath), "elsewhere.example"),
      (.file(pair.certificatePath), "127.0.0.1"),
      (.pinned(try Identity(reading: other).fingerprint), "localhost"),
    ] {
      let link = try Link(server, .client(trusting: trust), name: name)
      let error = failure { try link.settle() }
      #expect(error?.code == .untrusted, "\(trust) \(name)")
      #expect(!link.isEstablished)
    }
  }

  @Test func `connections outlive their context, however often certificates are reloaded`() throws {
    let pair = try certificates.make("a")
    var server = try TLSContext.server([pair])
    let client = try TLSContext.client(trusting: .file(pair.certificatePath))
    let link = try Link(server, client)
    // More often than libcrypto has kinds of BIO.
    for _ in 0..<200 { server = try server.reloaded([pair]) }
    try link.settle()
    _ = try established(server, client)
  }

  @Test func `wipes the key of tickets before its memory is given back`() {
    let wiped = Locked<[UInt8]>([])
    var key: TicketKey? = TicketKey { bytes in wiped.withLock { $0 = bytes } }
    #expect(key != nil)
    key = nil
    #expect(wiped.withLock { $0 } == [UInt8](repeating: 0, count: TicketKey.length))
  }

  @Test func `serves handshakes on many threads while certificates are reloaded`() async throws {
    let pairs = [try certificates.make("a"), try certificates.make("b", .rsa)]
    let current = Locked(try TLSContext.server(pairs))
    var options = TLSOptions()
    options.collectsSessions = true
    let client = try TLSContext.client(trusting: .anyone, options: options)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<10 {
            let link = try Link(current.withLock { $0 }, client)
            try link.settle()
            let again = try Link(
              current.withLock { $0 }, client, resuming: link.session)
            try again.settle()
            guard again.serverFacts?.isResumed == true else { return false }
          }
          return true
        }
      }
      for _ in 0..<20 {
        let fresh = try current.withLock { $0 }.reloaded(pairs.reversed())
        current.withLock { $0 = fresh }
      }
      for try await isFine in group { #expect(isFine) }
    }
  }
}
