internal import JSON
internal import Loop
internal import PluginKit
internal import Primitives

/// The hub's own topics: how much is going on, for every page that wants to show it.
final class HubPlugin: Plugin {
  static let name = "hub"
  private let services: PluginServices
  private let server = Locked<HubServer?>(nil)
  private let last = Locked<[Int]>([])

  init(services: PluginServices) { self.services = services }

  func serve(_ server: HubServer) { self.server.withLock { $0 = server } }

  func register(with registrar: inout Registrar) {
    var rules = TopicRules()
    rules.history = .latest
    rules.conflate = true
    rules.allowsGuests = true
    rules.snapshot = { _, _ in .object(await self.numbers().fields) }
    registrar.topic(
      "hub.stats", "How many are here, every two seconds while it changes", rules,
      events: [
        EventDescription(
          "hub.stats", "Who is here now.",
          [
            .init("accounts", .integer, "People with an account, each counted once."),
            .init("guests", .integer, "Pages and programs without one."),
            .init("users", .integer, "Both together."),
            .init("websockets", .integer, "Open WebSockets."),
            .init("connections", .integer, "All connections, those for files and calls too."),
            .init("topics", .integer),
          ])
      ])
    ServerAPI(services: services, server: { [server] in server.withLock { $0 } })
      .register(with: &registrar)
    let clock = services.clock
    registrar.job("hub.history", .daily(at: TimeOfDay(3, 40))) { [server] _ in
      try await server.withLock { $0 }?.sweepHistory(at: clock.now)
    }
    registrar.job("hub.stats", .every(seconds: 2)) { _ in try await self.tell() }
  }

  private func numbers() async -> (fields: JSONObject, values: [Int]) {
    let now = await server.withLock { $0 }?.statistics() ?? Statistics()
    let fields: JSONObject = [
      "accounts": .int(Int64(now.accounts)), "guests": .int(Int64(now.guests)),
      "users": .int(Int64(now.users)), "websockets": .int(Int64(now.webSockets)),
      "connections": .int(Int64(now.connections)), "topics": .int(Int64(now.topics)),
    ]
    return (
      fields, [now.accounts, now.guests, now.webSockets, now.connections, now.topics]
    )
  }

  private func tell() async throws {
    let (fields, values) = await numbers()
    let isNews = last.withLock { last in
      defer { last = values }
      return last != values
    }
    guard isNews else { return }
    try await services.hub.publish(Event("hub.stats", fields), to: "hub.stats")
  }
}
