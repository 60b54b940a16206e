internal import Bytes
internal import Crypto
internal import HTTP
internal import HubProtocol
internal import HubTopics
internal import Limits
internal import Loop
internal import PluginHost
internal import PluginKit
internal import Storage
internal import WebSocket

// How a version-2 client comes in: the upgrade, then `hello`.
extension Sessions {
  func open(
    _ connection: Connection, _ conversation: HTTPConversation,
    _ agreed: ServerHandshake.Acceptance,
    _ request: Request, on worker: isolated Worker
  ) {
    let session = HubSession(request: request, connection: connection)
    webSockets.accept(
      connection, conversation, agreed, .hub(session), messages: webSockets.messageLimits,
      on: worker)
    awaitHello(connection.token, on: worker)
  }

  private func awaitHello(_ token: UInt64, on worker: isolated Worker) {
    guard context.limits.helloSeconds > 0 else { return }
    context.loop.schedule(after: .seconds(context.limits.helloSeconds)) {
      guard let connection = self.transport[token], let session = connection.hub,
        case .greeting = session.stage
      else { return }
      self.webSockets.close(connection, .helloTimeout, on: worker)
    }
  }

  /// `hello`: who is it, and is it a tab that was here a moment ago?
  func greet(
    _ hello: ClientCommand.Hello, re id: RequestID?, _ connection: Connection,
    _ session: HubSession, on worker: isolated Worker
  ) {
    guard case .greeting = session.stage else {
      return tellError(
        connection, .badRequest, re: id, message: "hello was said already", on: worker)
    }
    let token = connection.token
    wait(session, on: worker) { [self] in
      let found: Identity?
      do {
        found = try await identity(hello, session)
      } catch TopicRefusal.unauthorized {
        return refuseHello(token, re: id, .tokenExpired, .tokenExpired, on: worker)
      } catch {
        return failHello(token, re: id, error, on: worker)
      }
      // A connection that has begun to close was taken out of all tables before.
      guard let connection = transport[token], connection.isConversing else { return }
      welcome(found, hello, re: id, connection, session, on: worker)
    }
  }

  /// The holder of the token in `hello`, else the one that the upgrade request names. Throws if
  /// the token in `hello` is not good.
  private func identity(_ hello: ClientCommand.Hello, _ session: HubSession) async throws
    -> Identity?
  {
    guard let token = hello.token, !token.isEmpty else {
      return try await identity(of: session.request, session)
    }
    session.tokenHashes = [tokenHash(token)]
    let found = try await credentials.current {
      if let program = try await program(token, session) { return program }
      return try await shared.accounts.identity(token: token)
    }
    guard let found else { throw TopicRefusal.unauthorized }
    return found
  }

  /// A browser is known by its cookie, other programs by their header. A stale token there makes a
  /// guest; a database that is away does not, or a user would think that its login has ended.
  private func identity(of request: Request, _ session: HubSession) async throws -> Identity? {
    session.tokenHashes = request.tokens.map { tokenHash($0) }
    do {
      return try await credentials.current {
        if let token = request.token, let program = try await program(token, session) {
          return program
        }
        return try await shared.runner.identify(request, plugin: "")
      }
    } catch let error as StoreError {
      throw error
    } catch {
      return nil
    }
  }

  /// The holder of a key; nil for every other token.
  private func program(_ token: String, _ session: HubSession) async throws -> Identity? {
    session.key = try await shared.checkKey(token)
    if let key = session.key { return Identity(program: key.name) }
    if token.hasPrefix(Identity.keyPrefix) {
      noteRefusal(by: "", session, "no such key, or an expired one")
    }
    return nil
  }

  /// Records what a key may not do. Anyone can cause that at any rate.
  func noteRefusal(by actor: String, _ session: HubSession, _ detail: String) {
    shared.audit.recordPaced(
      AuditEvent("key.refused", by: actor, from: session.request.peer.address, detail))
  }

  private func refuseHello(
    _ token: UInt64, re id: RequestID?, _ error: ClientError, _ code: CloseCode,
    on worker: isolated Worker
  ) {
    guard let connection = transport[token] else { return }
    tellError(connection, error, re: id, on: worker)
    webSockets.close(connection, code, on: worker)
  }

  /// The token could not be checked: the client keeps it and comes back later.
  private func failHello(
    _ token: UInt64, re id: RequestID?, _ error: any Error, on worker: isolated Worker
  ) {
    if RouteRunner.shaped(error).status == 503 {
      return refuseHello(token, re: id, .notAvailable, .overloaded, on: worker)
    }
    shared.log.error("a token cannot be looked up", ["reason": "\(error)"])
    refuseHello(token, re: id, .internalError, .hubError, on: worker)
  }

  private func welcome(
    _ found: Identity?, _ hello: ClientCommand.Hello, re id: RequestID?, _ connection: Connection,
    _ session: HubSession, on worker: isolated Worker
  ) {
    let tab = hello.session.flatMap { $0.isEmpty ? nil : $0 } ?? "s_\(Random.token().prefix(22))"
    session.session = tab
    var who = found ?? Identity(guest: session.guestKey, name: "")
    who.peer = session.request.peer
    who.origin = session.request.origin
    session.identity = who
    // Guests of one address are counted by that.
    let most = who.isGuest ? 0 : context.limits.connectionsPerUser
    guard let paces = shared.users.enter(who.id, atMost: most) else {
      return refuseHello(connection.token, re: id, .limitExceeded, .tooManyConnections, on: worker)
    }
    session.paces = paces
    session.stage = .welcomed
    add(connection, of: who.id)
    let resumed = shared.recent.resume(tab, user: who.id, at: context.steadyTime)
    tell(connection, on: worker) {
      ServerFrame.welcome(
        re: id, ts: context.loop.unixMilliseconds,
        .init(
          connection: connection.number.description, session: tab, resumed: resumed, user: who,
          pingMilliseconds: context.heartbeat.pingSeconds * 1000,
          timeoutMilliseconds: context.heartbeat.timeoutSeconds * 1000,
          reconnectWindowMilliseconds: shared.reconnectWindow(context.limits),
          maxMessageBytes: context.limits.message, node: shared.node), into: &$0)
    }
  }

  /// Swaps the token of a connection that goes on; the user must stay the same.
  func refresh(
    _ token: String, re id: RequestID?, _ connection: Connection, _ session: HubSession,
    on worker: isolated Worker
  ) {
    let name = connection.token
    wait(session, on: worker) { [self] in
      let fresh: Identity?
      do {
        fresh = try await credentials.current {
          try await shared.accounts.identity(token: token)
        }
      } catch {
        guard let connection = transport[name] else { return }
        return tellError(connection, .internalError, re: id, on: worker)
      }
      guard let connection = transport[name], connection.isConversing else { return }
      guard let fresh, fresh.id == session.identity.id else {
        return tellError(connection, .tokenExpired, re: id, on: worker)
      }
      session.tokenHashes = [tokenHash(token)]
      session.identity = fresh
      session.identity.peer = session.request.peer
      session.identity.origin = session.request.origin
      acknowledge(id, connection, on: worker)
    }
  }
}
