import Glibc
import JSON
import Rig
import Testing

extension Trials {
  /// What an event costs the program as it is shipped; a debug build asks for memory everywhere.
  @Suite(.enabled(if: Trial.isOfRelease, "MUSTER_BINARY names no release build"))
  struct AllocationTrialTests {
    private static let topic = "echo.room.cost"
    private static let events = 100

    @Test(.timeLimit(.minutes(5)))
    func `an event takes memory a few times, and never once per subscriber`() async throws {
      let counter = try Preload("allocations")
      defer { withExtendedLifetime(counter) {} }
      let settings = ["limits.publishes_per_second=0", "workers=1"]
      try await RealServer.run(settings, environment: [counter.setting]) { server, _ in
        let few = try await allocations(subscribers: 10, server)
        let many = try await allocations(subscribers: 1000, server)
        print("allocation trial: \(few) for an event to 10, \(many) for one to 1,000")
        #expect(few < 100)
        #expect(many - few < 990 / 10)
      }
    }

    /// How often the server asks for memory for one event.
    private func allocations(subscribers: Int, _ server: RealServer) async throws -> Int {
      let speaker = try await Wire.connect(server.address)
      try await speaker.enter()
      try await speaker.subscribe(Self.topic)
      var wires: [Wire] = []
      for _ in 0..<subscribers {
        let wire = try await Wire.connect(server.address)
        try await wire.enter()
        try await wire.subscribe(Self.topic)
        wires.append(wire)
      }
      // Queues and buffers grow to what they need with the first ones.
      try await publish("warm", 20, speaker, wires)
      let before = try await server.allocations()
      try await publish("cold", Self.events, speaker, wires)
      let after = try await server.allocations()
      for wire in wires + [speaker] { await wire.drop() }
      return (after - before) / Self.events
    }

    private func publish(
      _ name: String, _ count: Int, _ speaker: Wire, _ wires: [Wire]
    ) async throws {
      for number in 1...count {
        let id = "\(name)-\(number)"
        try await speaker.say([
          "type": "publish", "id": .string(id), "topic": .string(Self.topic), "data": ["n": 1],
        ])
        while try await speaker.hear("ack")["re"]?.string != id {}
      }
      for wire in wires {
        for _ in 1...count { while try await !wire.frame().start.contains("\"event\"") {} }
      }
    }
  }
}
