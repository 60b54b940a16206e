internal import CommandLineKit
internal import Glibc
internal import JSON
internal import MusterClient
internal import Outbound
internal import PluginKit
internal import Primitives
internal import TLS

/// A running server, as the flags of a command name it.
struct ServerPlace {
  /// Without a slash at the end.
  let url: String
  let key: String?
  private let isInsecure: Bool
  /// The self-made certificate of a server that was started by `./run`, or with its data in this folder.
  private let ownCertificate: String?

  init(_ call: Invocation, _ environment: [String: String]) {
    let given = call.value("server")
    let url = given ?? "https://localhost:8443"
    self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    key = call.value("key") ?? environment["MUSTER_KEY"]
    isInsecure = call.has("insecure")
    let folders = ["certs", (environment["MUSTER_DATA"] ?? "data") + "/tls"]
    let paths: [String] = folders.map { "\($0)/localhost.crt" }
    let path = paths.first { access($0, R_OK) == 0 }
    ownCertificate = given == nil ? path : nil
  }

  var callTrust: CallTrust { isInsecure ? .anyone : ownCertificate.map { .file($0) } ?? .system }
  var trust: TLSTrust { isInsecure ? .anyone : ownCertificate.map { .file($0) } ?? .system }
}

extension Program {
  /// Sends one event and prints where it stands in its topic.
  func publish(_ call: Invocation) async throws -> ExitCode {
    let place = ServerPlace(call, environment)
    guard let key = place.key else {
      throw UsageError(
        "--key is missing: muster token key add NAME --scope publish makes one", path: call.path)
    }
    let body = try publication(call)
    let answer = try await send(body, to: place, key)
    let json = try? JSONValue(parsing: answer.body)
    guard answer.status == 200 else {
      let reason = json?["message"]?.string ?? "the server answered \(answer.status)"
      throw Failure(reason, answer.status == 503 ? .unavailable : .failure)
    }
    console.print(String(decoding: answer.body, as: UTF8.self))
    return .success
  }

  private func publication(_ call: Invocation) throws(UsageError) -> JSONValue {
    let text = call.operand(1) ?? ""
    guard let value = try? JSONValue(parsing: Array(text.utf8)), var data = value.object else {
      throw UsageError(
        "JSON is an object such as {\"event\":\"note\",\"text\":\"hi\"}", path: call.path)
    }
    let event = data["event"]?.string ?? "message"
    data["event"] = nil
    return [
      "topic": JSONValue(call.operand(0) ?? ""), "event": JSONValue(event), "data": .object(data),
    ]
  }

  private func send(_ body: JSONValue, to place: ServerPlace, _ key: String) async throws
    -> WebAnswer
  {
    let headers = [
      ("Authorization", "Bearer \(key)"), ("Content-Type", "application/json"),
    ]
    let call = WebCall(
      "POST", place.url + "/api/v1/publish", headers: headers, body: body.encoded())
    do throws(TransferError) {
      return try await SingleCall.make(call, trusting: place.callTrust)
    } catch {
      throw Failure("\(place.url): \(error.detail)", .unavailable)
    }
  }

  /// Prints a topic's events, one JSON object per line, until it is stopped.
  func watch(_ call: Invocation) async throws -> ExitCode {
    let place = ServerPlace(call, environment)
    // Without a key this is a guest, who sees what guests may see.
    let credential = place.key.map { Credential($0) }
    let hub = try Muster(
      url: place.url, options: MusterOptions(trust: place.trust),
      token: { try credential?.text(isRefused: $0) })
    let subscription = hub.subscribe(call.operand(0) ?? "")
    let end = Task { await ending(of: hub, place.url, credential) }
    hub.connect()
    for await news in subscription.news {
      switch news {
      case .event(let event): console.print(String(decoding: event.data.encoded(), as: UTF8.self))
      case .refused(let error) where !error.isTemporary:
        await hub.close()
        throw Failure("\(call.operand(0) ?? ""): \(error)")
      case .reset(let reason): console.printError("muster: events were missed: \(reason)")
      case .refused, .snapshot, .presence, .stale, .live: continue
      }
    }
    throw await end.value
  }

  /// Waits until the client has given up. A first connection that fails ends the wait; one that breaks
  /// later does not.
  private func ending(of hub: Muster, _ url: String, _ credential: Credential?) async -> Failure {
    var wasLive = false
    // A second attempt tells a key that is not good from a server that is not there.
    var attempts = credential == nil ? 1 : 2
    for await state in hub.states {
      switch state {
      case .connecting: continue
      case .live: wasLive = true
      case .waiting where wasLive:
        console.printError("muster: the connection is lost, trying again")
      case .waiting:
        attempts -= 1
        guard attempts == 0 || credential?.isRefused == true else { continue }
        await hub.close()
        guard credential?.isRefused != true else {
          return Failure(
            "\(url) refuses this key or token: it has expired, was revoked, or never was good")
        }
        return Failure("\(url) does not answer", .unavailable)
      case .stopped(let error): return Failure("\(error)")
      }
    }
    return Failure("the connection has ended")
  }
}

/// The key or token of a command.
private final class Credential: Sendable {
  private let key: String
  private let refused = Locked(false)

  init(_ key: String) { self.key = key }

  var isRefused: Bool { refused.withLock { $0 } }

  /// Throws where the last attempt showed that it is not good: there is no better one.
  func text(isRefused: Bool) throws -> String {
    guard !isRefused else {
      refused.withLock { $0 = true }
      throw CancellationError()
    }
    return key
  }
}
