internal import CommandLineKit
internal import Glibc
internal import HubCore
internal import Loop

/// The listening sockets that a service manager opened for this process (socket activation).
///
/// The manager keeps them while no server runs, so that a restart refuses no connection, and a
/// port below 1024 needs no right of the server's.
struct ActivatedSockets {
  private(set) var listeners: [Listener] = []

  /// The descriptors begin at 3, `LISTEN_FDS` of them.
  static let firstDescriptor: Int32 = 3
  static let most = 64

  /// Takes over the sockets that the environment announces, and removes the announcement.
  init() throws {
    defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
    guard Self.number("LISTEN_PID") == Int(getpid()) else { return }
    guard let count = Self.number("LISTEN_FDS"), count > 0 else { return }
    guard count <= Self.most else {
      throw Failure(
        "the service manager hands over \(count) sockets; at most \(Self.most) are taken",
        .configuration)
    }
    for descriptor in Self.firstDescriptor..<Self.firstDescriptor + Int32(count) {
      do { listeners.append(try Listener(inherited: descriptor)) } catch {
        throw Failure("the service manager's socket: \(error)", .configuration)
      }
      close(descriptor)
    }
  }

  /// For tests.
  init(_ listeners: [Listener]) { self.listeners = listeners }

  private static func number(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }

  /// Gives each socket to the entry of `listen` with its address; none may be left over.
  func assign(to places: inout [HubServer.ListenerConfiguration]) throws {
    for listener in listeners {
      guard let place = places.firstIndex(where: { $0.endpoint.includes(listener.address) }) else {
        throw Failure(
          "the service manager hands over a socket at \(listener.address), and no entry of listen"
            + " has this address: name it in listen, or change ListenStream= in the socket unit",
          .configuration)
      }
      places[place].inherited.append(listener)
    }
  }
}

extension Endpoint {
  /// Is this one of the addresses behind the endpoint?
  fileprivate func includes(_ address: PeerAddress) -> Bool {
    guard port == address.port else { return false }
    if host == "*" { return address.address == .anyV6 || address.address == .anyV4 }
    let own = (try? resolve()) ?? []
    // systemd's `ListenStream=443` is one socket for IPv4 and IPv6.
    let isAny = own.contains { $0.address == .anyV4 || $0.address == .anyV6 }
    return own.contains(address) || isAny && address.address == .anyV6
  }
}
