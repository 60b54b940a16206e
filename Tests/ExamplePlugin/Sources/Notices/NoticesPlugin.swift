import JSON
import PluginKit

/// A notice board: staff pins notices, and every open board shows them at once.
public struct NoticesPlugin: Plugin {
  public static let name = "notices"

  let services: PluginServices

  public init(services: PluginServices) { self.services = services }

  public func register(with registrar: inout Registrar) {
    registrar.migrate(1, NoticesPlugin.table)
    registrar.get("/notices", NoticesPlugin.list) { _ in
      .json(["notices": .array(try await self.newest().map(\.json))])
    }
    registrar.post("/notices", NoticesPlugin.pin) { request in
      .json(try await self.pin(request).json, status: 201)
    }
    registrar.topic(
      "notices.board", "The board: every notice when it is pinned.", boardRules(),
      events: [EventDescription("notices.pinned", "A new notice.", Notice.properties)])
    registrar.page(
      NoticesPlugin.board, assets: [PageAsset("board.js", PackageResources.board_js)])
  }
}
