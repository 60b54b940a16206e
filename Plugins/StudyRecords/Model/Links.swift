internal import PluginKit

/// The addresses of users and records, absolute in the origin that the client of a call used.
struct Links: Sendable {
  static let root = "/api/v1.0"

  private let base: String

  init(_ request: Request) { base = request.origin + Links.root }

  /// For a snapshot.
  init(_ subscriber: Identity) { base = (subscriber.origin ?? "") + Links.root }

  func user(_ id: Int64) -> String { "\(base)/users/\(id)" }
  func study(_ id: Int64) -> String { "\(base)/studys/\(id)" }

  /// A list of everybody's records, or of one user's.
  func studys(of user: Int64?, page: Int? = nil) -> String {
    let owner = user.map { self.user($0) } ?? base
    return "\(owner)/studys/" + (page.map { "?page=\($0)" } ?? "")
  }
}
