internal import Bytes
internal import Crypto
internal import HTTP
internal import HubProtocol
internal import HubTopics
internal import Loop
internal import PluginKit
internal import Storage
internal import WebSocket

// How a client comes in: the upgrade, then `hello`.
extension Worker {
  func open(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead,
    _ kind: Endpoint.SocketKind, _ agreed: ServerHandshake.Acceptance
  ) {
    let request: Request
    do throws(HTTPError) {
      request = try makeRequest(connection, exchange, head)
    } catch {
      return answer(
        connection, exchange, head, Response.plain(Int(error.status.code), error.reason))
    }
    switch kind {
    case .echo:
      let limits = MessageLimits(
        message: self.limits.echoMessage, inflated: self.limits.echoMessage)
      accept(connection, exchange, agreed, .echo, messages: limits)
    case .hub: openHub(connection, exchange, agreed, request)
    case .dialect(let index): openDialect(connection, exchange, agreed, request, index)
    }
  }

  private var messageLimits: MessageLimits {
    MessageLimits(
      message: limits.message > 0 ? limits.message : .max,
      inflated: limits.inflatedMessage > 0 ? limits.inflatedMessage : .max)
  }

  private func openHub(
    _ connection: Connection, _ exchange: HTTPExchange, _ agreed: ServerHandshake.Acceptance,
    _ request: Request
  ) {
    let session = HubSession(request: request, connection: connection)
    accept(connection, exchange, agreed, .hub(session), messages: messageLimits)
    awaitHello(connection.token)
  }

  private func awaitHello(_ token: UInt64) {
    guard limits.helloSeconds > 0 else { return }
    loop.schedule(after: .seconds(limits.helloSeconds)) { [unowned self] in
      assumeIsolated { worker in
        guard let connection = worker.connections[token], let session = connection.hub,
          case .greeting = session.stage
        else { return }
        worker.close(connection, .helloTimeout)
      }
    }
  }

  private func openDialect(
    _ connection: Connection, _ exchange: HTTPExchange, _ agreed: ServerHandshake.Acceptance,
    _ request: Request, _ index: Int
  ) {
    let token = connection.token
    let number = exchange.number
    let registration = house.dialects[index]
    let link = DialectLink(
      index: index, dialect: registration.dialect, id: nextNumber().rawValue)
    connection.arriving = link
    let line = DialectLine(
      worker: self, address: .init(connection: token, link: link.id), number: connection.number)
    Task.immediate {
      do {
        var request = request
        let owner = house.dialectOwner(index)
        link.tokenHashes = request.tokens.map { tokenHash($0) }
        let asked = request
        request.identity = try? await current {
          try await self.house.runner.identify(asked, plugin: owner)
        }
        link.identity = request.identity
        if request.identity?.isProvisional == true, !registration.admitsProvisional {
          request.identity = nil
        }
        let known = request
        let session = try await ask(owner, late: { session in await session.closed(.lost) }) {
          try await registration.dialect.accept(line, known)
        }
        guard connections[token] === connection, case .http(let exchange) = connection.stage,
          exchange.number == number
        else {
          leaveDialect(link, connection, .lost)
          return await session.closed(.lost)
        }
        link.session = session
        accept(connection, exchange, agreed, .dialect(link), messages: messageLimits)
        connection.arriving = nil
        let early = link.early ?? []
        link.early = nil
        for frame in early { enqueue(frame, on: connection, conflating: nil) }
        if let (code, reason) = link.farewell { close(connection, code, reason: reason) }
      } catch {
        leaveDialect(link, connection, .ended)
        refuseDialect(token, number, error)
      }
    }
  }

  private func refuseDialect(
    _ token: UInt64, _ number: UInt64, _ error: any Error
  ) {
    guard let connection = connections[token], case .http(let exchange) = connection.stage,
      exchange.number == number, case .working(let head) = exchange.state
    else { return }
    connection.arriving = nil
    let known = RouteRunner.shaped(error)
    answer(connection, exchange, head, Response.plain(known.status, known.message))
    answered.append(connection)
  }

  /// `hello`: who is it, and is it a tab that was here a moment ago?
  func greet(
    _ hello: ClientCommand.Hello, re id: RequestID?, _ connection: Connection, _ session: HubSession
  ) {
    guard case .greeting = session.stage else {
      return tellError(connection, .badRequest, re: id, message: "hello was said already")
    }
    let token = connection.token
    wait(session) { [self] in
      let found: Identity?
      do {
        found = try await self.identity(hello, session)
      } catch TopicRefusal.unauthorized {
        return self.refuseHello(token, re: id, .tokenExpired, .tokenExpired)
      } catch {
        return self.failHello(token, re: id, error)
      }
      // A connection that has begun to close was taken out of all tables before.
      guard let connection = self.connections[token], connection.isConversing else { return }
      self.welcome(found, hello, re: id, connection, session)
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
    let found = try await current {
      if let program = try await self.program(token, session) { return program }
      return try await self.house.accounts.identity(token: token)
    }
    guard let found else { throw TopicRefusal.unauthorized }
    return found
  }

  /// A browser is known by its cookie, other programs by their header. A stale token there makes a
  /// guest; a database that is away does not, or a user would think that its login has ended.
  private func identity(of request: Request, _ session: HubSession) async throws -> Identity? {
    session.tokenHashes = request.tokens.map { tokenHash($0) }
    do {
      return try await current {
        if let token = request.token, let program = try await self.program(token, session) {
          return program
        }
        return try await self.house.runner.identify(request, plugin: "")
      }
    } catch let error as StoreError {
      throw error
    } catch {
      return nil
    }
  }

  /// The holder of a key; nil for every other token.
  private func program(_ token: String, _ session: HubSession) async throws -> Identity? {
    session.key = try await house.checkKey(token)
    if let key = session.key { return Identity(program: key.name) }
    if token.hasPrefix(Identity.keyPrefix) {
      noteRefusal(by: "", session, "no such key, or an expired one")
    }
    return nil
  }

  /// Records what a key may not do. Anyone can cause that at any rate.
  func noteRefusal(by actor: String, _ session: HubSession, _ detail: String) {
    house.audit.recordPaced(
      AuditEvent("key.refused", by: actor, from: session.request.peer.address, detail))
  }

  /// An answer about credentials that no revocation has overtaken: one that came in meanwhile did
  /// not find this connection under the user that the answer names.
  private func current(
    _ lookUp: () async throws -> Identity?
  ) async throws -> Identity? {
    for _ in 0..<Worker.mostLookUps {
      let generation = revocations
      let identity = try await lookUp()
      if generation == revocations { return identity }
    }
    throw StoreError(.unavailable, "credentials change faster than they can be looked up")
  }

  private static var mostLookUps: Int { 8 }

  private func refuseHello(
    _ token: UInt64, re id: RequestID?, _ error: ClientError, _ code: CloseCode
  ) {
    guard let connection = connections[token] else { return }
    tellError(connection, error, re: id)
    close(connection, code)
  }

  /// The token could not be checked: the client keeps it and comes back later.
  private func failHello(_ token: UInt64, re id: RequestID?, _ error: any Error) {
    if RouteRunner.shaped(error).status == 503 {
      return refuseHello(token, re: id, .notAvailable, .overloaded)
    }
    house.log.error("a token cannot be looked up", ["reason": "\(error)"])
    refuseHello(token, re: id, .internalError, .hubError)
  }

  private func welcome(
    _ found: Identity?, _ hello: ClientCommand.Hello, re id: RequestID?, _ connection: Connection,
    _ session: HubSession
  ) {
    let tab = hello.session.flatMap { $0.isEmpty ? nil : $0 } ?? "s_\(Random.token().prefix(22))"
    session.session = tab
    var who = found ?? Identity(guest: session.guestKey, name: "")
    who.peer = session.request.peer
    who.origin = session.request.origin
    session.identity = who
    // Guests of one address are counted by that.
    let most = who.isGuest ? 0 : limits.connectionsPerUser
    guard let paces = house.people.enter(who.id, atMost: most) else {
      return refuseHello(connection.token, re: id, .limitExceeded, .tooManyConnections)
    }
    session.paces = paces
    session.stage = .welcomed
    users[who.id, default: []].insert(connection.token)
    let resumed = house.tabs.resume(tab, user: who.id, at: steadyTime)
    tell(connection) {
      ServerFrame.welcome(
        re: id, ts: loop.unixMilliseconds,
        .init(
          connection: connection.number.description, session: tab, resumed: resumed, user: who,
          pingMilliseconds: heartbeat.pingSeconds * 1000,
          timeoutMilliseconds: heartbeat.timeoutSeconds * 1000,
          reconnectWindowMilliseconds: house.reconnectWindow(limits),
          maxMessageBytes: limits.message, node: house.node), into: &$0)
    }
  }

  /// Swaps the token of a connection that goes on; the user must stay the same.
  func refresh(
    _ token: String, re id: RequestID?, _ connection: Connection, _ session: HubSession
  ) {
    let name = connection.token
    wait(session) { [self] in
      let fresh: Identity?
      do {
        fresh = try await self.current {
          try await self.house.accounts.identity(token: token)
        }
      } catch {
        guard let connection = self.connections[name] else { return }
        return self.tellError(connection, .internalError, re: id)
      }
      guard let connection = self.connections[name], connection.isConversing else { return }
      guard let fresh, fresh.id == session.identity.id else {
        return self.tellError(connection, .tokenExpired, re: id)
      }
      session.tokenHashes = [tokenHash(token)]
      session.identity = fresh
      session.identity.peer = session.request.peer
      session.identity.origin = session.request.origin
      self.acknowledge(id, connection)
    }
  }
}
