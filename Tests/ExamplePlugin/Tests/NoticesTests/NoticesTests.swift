import JSON
import MusterTesting
import Notices
import PluginKit
import Storage
import Testing

@Suite struct NoticesTests {
  @Test(arguments: Engine.testable)
  func `a notice is stored and shown on every open board`(engine: Engine) async throws {
    try await withBoard(engine) { bench, boss in
      let wall = Identity(guest: "wall", name: "the screen on the wall")
      let screen = try await bench.subscribe("notices.board", as: wall)

      let pinned = await bench.post("/notices", json: ["text": "The lab is open."], as: boss)
      #expect(pinned.status == 201)
      #expect(screen.takeEvents().map(\.name) == ["notices.pinned"])
      let board = await bench.get("/notices").json["notices"]?.array
      #expect(board?.first?["text"] == "The lab is open.")
      #expect(board?.first?["author"] == "Boss")
    }
  }

  @Test func `only staff pins, and only a text that can be read`() async throws {
    try await withBoard(.sqlite) { bench, boss in
      let tao = try await bench.accounts.create(
        NewAccount(login: "tao", name: "Tao", roles: .student)
      ).identity
      #expect(await bench.post("/notices", json: ["text": "Hello."]).status == 401)
      #expect(await bench.post("/notices", json: ["text": "Hello."], as: tao).status == 403)
      #expect(await bench.post("/notices", json: ["text": ""], as: boss).status == 400)
      #expect(await bench.hub.names(in: "notices.board") == [])
    }
  }

  @Test func `a new board shows as many notices as are configured`() async throws {
    try await withBoard(.sqlite, settings: ["shown": .number(2)]) { bench, boss in
      for text in ["one", "two", "three"] {
        #expect(await bench.post("/notices", json: ["text": .string(text)], as: boss).status == 201)
      }
      let wall = Identity(guest: "wall", name: "the screen on the wall")
      let board = try await bench.snapshot("notices.board", as: wall)
      #expect(board?.array?.compactMap { $0["text"]?.string } == ["three", "two"])
    }
  }

  private func withBoard(
    _ engine: Engine, settings: [String: Setting.Kind] = [:],
    _ body: (PluginBench, Identity) async throws -> Void
  ) async throws {
    try await withFreshStore(engine) { store in
      let bench = try await PluginBench(NoticesPlugin.self, store: store, settings: settings)
      let boss = try await bench.accounts.create(
        NewAccount(login: "boss", name: "Boss", roles: .staff)
      ).identity
      try await body(bench, boss)
    }
  }
}
