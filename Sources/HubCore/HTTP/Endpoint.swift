internal import PluginHost
internal import PluginKit

/// The target of a path of the server.
enum Endpoint: Sendable {
  case route(LoadedPlugin, Route)
  /// A call that the server itself answers.
  case own(OwnCall)
  /// Bytes that are part of the program.
  case asset(StaticAsset)
  /// A page that shares its path with a socket: whoever asks to upgrade gets the socket.
  case pageOrSocket(StaticAsset, SocketKind)
  case socket(SocketKind)

  enum SocketKind: Sendable, Hashable {
    case hub
    case echo
    /// By its place in the table of dialects.
    case dialect(Int)
  }

  /// Does it take forms with files?
  var takesUploads: Bool {
    guard case .route(_, let route) = self else { return false }
    return route.operation.body?.kinds.contains { kind in
      if case .upload = kind { true } else { false }
    } ?? false
  }

  /// How large a body it takes.
  func bodyLimit(default standard: Int) -> Int {
    switch self {
    case .route(_, let route):
      route.operation.body?.maxBytes ?? min(standard, Operation.undeclaredBytes)
    case .own, .asset, .socket, .pageOrSocket: standard
    }
  }
}
