import Glibc
import Loop
import Rig
import TLS
import Testing

extension Trials {
  /// Certificates that are exchanged while the server runs. A client that trusts one certificate
  /// alone tells by its handshake which of them is in force.
  @Suite struct CertificateTests {
    private let folder: FreshFolder
    /// What the server was told to use.
    private let files: CertificatePair

    init() throws {
      folder = try FreshFolder()
      files = CertificatePair(
        certificatePath: "\(folder.path)/in-force.crt", keyPath: "\(folder.path)/in-force.key")
    }

    /// The PEM file of a new certificate, which lies in a folder of its own with its key.
    private func make(in folder: FreshFolder) throws -> CertificatePair {
      let made = DevelopmentCertificate(folder: folder.path)
      try made.prepare()
      return made.pair
    }

    /// Puts a file into the place of another at once, as programs do that renew certificates.
    private func put(_ source: String, in place: String) throws {
      let copy = try ChildProcess("cp", [source, "\(place).new"])
      #expect(try copy.result(within: 10) == 0)
      #expect(rename("\(place).new", place) == 0)
    }

    private func put(_ pair: CertificatePair) throws {
      try put(pair.certificatePath, in: files.certificatePath)
      try put(pair.keyPath, in: files.keyPath)
    }

    private func serves(_ pair: CertificatePair, _ server: RealServer) async -> Bool {
      do {
        let wire = try await Wire.connect(server.address, trusting: .file(pair.certificatePath))
        return try await wire.call("GET", "/health").status == 200
      } catch {
        return false
      }
    }

    @Test(.timeLimit(.minutes(2)))
    func `new files and SIGHUP exchange certificates, and a bad pair leaves the old one`()
      async throws
    {
      let places = [try FreshFolder(), try FreshFolder(), try FreshFolder()]
      let pairs = try places.map { try make(in: $0) }
      try put(pairs[0])
      let setting =
        "tls.certificates=[{certificate: \(files.certificatePath), key: \(files.keyPath)}]"
      try await RealServer.run([setting]) { server, _ in
        #expect(await serves(pairs[0], server))
        #expect(await !serves(pairs[1], server))
        let open = try await Wire.connect(server.address)
        try put(pairs[1])
        #expect(await eventually(within: 20) { await serves(pairs[1], server) })
        // Whoever was here before keeps the line.
        #expect(try await open.call("GET", "/health").status == 200)

        try put(pairs[2].keyPath, in: files.keyPath)
        await server.hangUp()
        #expect(
          await eventually(within: 20) { await server.log.contains("certificates were refused") })
        #expect(await serves(pairs[1], server))

        try put(pairs[2])
        await server.hangUp()
        #expect(await eventually(within: 20) { await serves(pairs[2], server) })
      }
    }
  }
}
