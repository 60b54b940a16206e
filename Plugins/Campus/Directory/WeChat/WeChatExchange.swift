internal import PluginKit
internal import Primitives
internal import Storage

/// Turns the code that a WeChat client was given into the id of its WeChat account.
protocol WeChatExchange: Sendable {
  /// Nil for a wrong code, and where there is no answer.
  func openID(for code: String) async throws -> String?
}

/// Looks the code up in a table of this database: for tests and the example data.
struct TableExchange: WeChatExchange {
  let store: any Store

  func openID(for code: String) async throws -> String? {
    try await store.first("SELECT open_id FROM campus_wechat_codes WHERE code = ?", code)?
      .text("open_id")
  }
}

/// The values of `campus.wechat`.
enum WeChatKind: String, CaseIterable {
  case table, service
}

/// Runs the configured exchange, with a bound on how many wait for the other server.
final class WeChat: Sendable {
  private static let mostAtOnce = 16
  private static let longestCode = 256

  private let services: PluginServices
  private let running = Locked(0)

  init(_ services: PluginServices) { self.services = services }

  func openID(for code: String) async throws -> String? {
    guard code.utf8.count <= WeChat.longestCode else { return nil }
    guard begin() else {
      throw PluginError(.unavailable, "too many logins at once", retryAfterSeconds: 1)
    }
    defer { running.withLock { $0 -= 1 } }
    return try await exchange.openID(for: code)
  }

  private func begin() -> Bool {
    running.withLock { running in
      guard running < WeChat.mostAtOnce else { return false }
      running += 1
      return true
    }
  }

  private var exchange: any WeChatExchange {
    let settings = services.settings
    guard settings.text(Keys.weChat) == WeChatKind.service.rawValue else {
      return TableExchange(store: services.store)
    }
    return ServiceExchange(
      appID: settings.text(Keys.weChatApp), secret: settings.secret(Keys.weChatSecret),
      web: services.web, log: services.log)
  }
}
