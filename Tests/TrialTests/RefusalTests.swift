import JSON
import Rig
import Testing

extension Trials {
  /// Machines that refuse what makes the server fast: a kernel without io_uring, as many containers
  /// have, one that takes it back, and a libcrypto that takes no provider of ours.
  @Suite struct RefusalTests {
    private static let topic = "echo.room.refused"

    @Test(.timeLimit(.minutes(3)), arguments: ["ring", "lost", "provider"])
    func `the server serves a crowd without what the machine refuses`(what: String) async throws {
      let refuser = try Preload("refusals")
      defer { withExtendedLifetime(refuser) {} }
      let environment = [refuser.setting, "REFUSE=\(what)"]
      try await RealServer.run(["workers=1"], environment: environment) { server, _ in
        // Whoever was being served when the ring went has lost the line, and comes back.
        var tries = 0
        while what == "lost", tries < 10, await !server.log.contains("refused") {
          tries += 1
          do { try await Self.talk(server) } catch is Fault {}
        }
        try await Self.talk(server)
        let refusals = await server.log.ranges(of: "refused: \(what)\n").count
        #expect(refusals > 0)
        // What was refused is not asked for again.
        try await Self.talk(server)
        #expect(await server.log.ranges(of: "refused: \(what)\n").count == refusals)
      }
    }

    /// A crowd comes, hears one of it, and goes.
    private static func talk(_ server: RealServer) async throws {
      var wires: [Wire] = []
      for _ in 0..<20 {
        let wire = try await Wire.connect(server.address)
        try await wire.enter()
        try await wire.subscribe(topic)
        wires.append(wire)
      }
      try await wires[0].say([
        "type": "publish", "id": "1", "topic": .string(topic), "data": ["n": 1],
      ])
      for wire in wires { _ = try await wire.hear("event") }
      for wire in wires { await wire.drop() }
    }
  }
}
