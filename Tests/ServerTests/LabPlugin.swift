import JSON
import Loop
import PluginKit
import Primitives
import Storage

/// A plugin with one of everything, for tests of the server around it.
final class LabPlugin: Plugin {
  static let name = "lab"
  let services: PluginServices

  /// What was posted to `/lab/hook`, and what is answered there.
  let hooks = Locked<[Request]>([])
  let hookStatus = Locked(204)

  init(services: PluginServices) { self.services = services }

  func register(with registrar: inout Registrar) {
    registerTopics(&registrar)
    registerRoutes(&registrar)
    registrar.on("lab.ask", "Answers with what it was asked.") { message in
      if message.data["bad"] != nil { throw TopicRefusal.bad("not that") }
      return ["asked": message.data, "who": .string(message.sender.id)]
    }
    registrar.on("lab.introduce", "Says who asked.", admitsProvisional: true) { message in
      ["who": .string(message.sender.id)]
    }
    registrar.on("lab.whisper", "Tells the sender alone.") { [services] message in
      await services.hub.send(Event("alone", [:]), to: message.sender.id, in: message.topic)
      return [:]
    }
    registrar.on("lab.hang", "Is never answered.") { _ in
      try await LabPlugin.hang()
      return [:]
    }
    registerTroubles(&registrar)
    registerAuthenticators(&registrar)
    registrar.gauge("answer") { 42 }
    registrar.dialect(["/lab/line"], "lab-line", LineDialect(hub: services.hub))
  }

  /// A key that opens sockets too, and one that does not.
  private func registerAuthenticators(_ registrar: inout Registrar) {
    for (name, opensSockets) in [("lab-key", true), ("lab-pass", false)] {
      var key = Authenticator(name, .header(name)) { request, _ in
        request.headers[name].flatMap { Int64($0) }.map {
          Identity(account: $0, name: "holder \($0)", roles: .student)
        }
      }
      key.opensSockets = opensSockets
      registrar.authenticator(key)
    }
  }

  private func registerTopics(_ registrar: inout Registrar) {
    var room = TopicRules()
    room.presence = true
    room.publisher = .member
    room.allowsGuests = true
    room.history = .stream(count: 20, seconds: 3600, stored: false)
    room.snapshot = { topic, who in ["room": .string(topic.description), "who": .string(who.id)] }
    registrar.topic("lab.room.{name}", "A room.", room)

    var log = TopicRules()
    log.publisher = .member
    log.allowsGuests = true
    log.history = .stream(count: 5000, seconds: 86_400, stored: true)
    registrar.topic("lab.log.{name}", "A stored stream.", log)

    log.history = .stream(count: 10, seconds: 86_400, stored: true)
    registrar.topic("lab.short.{name}", "A stored stream that forgets.", log)

    var state = TopicRules()
    state.publisher = .member
    state.allowsGuests = true
    state.history = .latest
    state.conflate = true
    registrar.topic("lab.state.{name}", "The newest counts.", state)

    var busy = TopicRules()
    busy.allowsGuests = true
    busy.history = .stream(count: 300, seconds: 3600, stored: false)
    busy.gatherMilliseconds = 100
    registrar.topic("lab.busy.{name}", "Much happens at once.", busy)

    var greeting = TopicRules()
    greeting.presence = true
    greeting.allowsGuests = true
    let hub = services.hub
    greeting.membership = { change in
      _ = try? await hub.publish(
        Event("greeting", ["to": .string(change.who.id)]), to: change.topic)
    }
    registrar.topic("lab.greeting.{name}", "Everybody is greeted at once.", greeting)

    var small = TopicRules()
    small.presence = true
    small.allowsGuests = true
    small.maxMembers = 2
    registrar.topic("lab.small.{name}", "For two.", small)

    registerWatched(&registrar)
    registerGuarded(&registrar)
  }

  private func registerWatched(_ registrar: inout Registrar) {
    var watched = TopicRules()
    watched.presence = true
    watched.allowsGuests = true
    watched.membership = { [services] change in
      let fields: JSONObject = ["who": .string(change.who.id), "kind": .string("\(change.kind)")]
      _ = try? await services.hub.publish(Event("lab.moved", fields), to: "lab.state.moves")
    }
    registrar.topic("lab.watched.{name}", "Its owner tells in lab.state.moves who moves.", watched)

    var gated = TopicRules()
    gated.presence = true
    gated.allowsGuests = true
    gated.history = .stream(count: 5000, seconds: 3600, stored: false)
    gated.snapshot = { [services] _, _ in
      while await services.hub.population(of: "lab.room.gate") == 0 {
        try await Task.sleep(for: .milliseconds(5))
      }
      return [:]
    }
    registrar.topic("lab.gated.{name}", "Lets in while somebody is in lab.room.gate.", gated)

    var considered = TopicRules()
    considered.presence = true
    considered.authorize = { [services] _, _, _ in
      while await services.hub.population(of: "lab.room.gate") == 0 {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    registrar.topic("lab.considered.{name}", "Allows while lab.room.gate has members.", considered)

    let gate = gated.snapshot
    gated.snapshot = { topic, who in
      _ = try await gate?(topic, who)
      throw StoreError(.corrupt, "torn")
    }
    registrar.topic("lab.fickle.{name}", "Lets nobody in, and says so by then.", gated)
  }

  private func registerGuarded(_ registrar: inout Registrar) {
    var members = TopicRules()
    members.publisher = .member
    registrar.topic("lab.members.{name}", "No guests.", members)

    members.allowsProvisional = true
    registrar.topic("lab.newcomers.{name}", "No guests, but provisional accounts.", members)

    var closed = TopicRules()
    closed.allowsGuests = true
    closed.authorize = { _, _, _ in throw TopicRefusal.denied }
    registrar.topic("lab.closed.{name}", "For nobody.", closed)

    var broken = TopicRules()
    broken.allowsGuests = true
    broken.snapshot = { _, _ in throw CancellationError() }
    registrar.topic("lab.broken.{name}", "Its owner fails.", broken)

    var away = TopicRules()
    away.allowsGuests = true
    away.authorize = { _, _, _ in throw TopicRefusal.unavailable }
    registrar.topic("lab.away.{name}", "Not now.", away)

    var strict = TopicRules()
    strict.publisher = .member
    strict.allowsGuests = true
    strict.compose = { message in
      guard let word = message.data["word"]?.string else {
        throw TopicRefusal.bad("word is missing")
      }
      return Event("lab.word", ["word": .string(word)])
    }
    registrar.topic("lab.strict.{name}", "Looks at what is published.", strict)
  }

  static func hang() async throws { try await Task.sleep(for: .seconds(3600)) }

  /// Topics whose owner does not do what it should.
  private func registerTroubles(_ registrar: inout Registrar) {
    var stuck = TopicRules()
    stuck.allowsGuests = true
    stuck.authorize = { _, _, _ in try await LabPlugin.hang() }
    registrar.topic("lab.stuck.{name}", "Nobody hears whether they may.", stuck)

    var slow = TopicRules()
    slow.allowsGuests = true
    slow.snapshot = { _, _ in
      try await LabPlugin.hang()
      return nil
    }
    registrar.topic("lab.slow.{name}", "Nobody is told how things are.", slow)

    var torn = TopicRules()
    torn.allowsGuests = true
    torn.snapshot = { _, _ in throw StoreError(.corrupt, "torn") }
    registrar.topic("lab.torn.{name}", "Its owner finds nothing.", torn)

    var numb = TopicRules()
    numb.allowsGuests = true
    numb.presence = true
    numb.membership = { _ in try? await LabPlugin.hang() }
    registrar.topic("lab.numb.{name}", "Its owner does not take who came.", numb)
  }

  private func registerRoutes(_ registrar: inout Registrar) {
    registrar.get("/lab/hello", Operation("Says hello.")) { _ in .text("hello") }
    registrar.get("/lab/large", Operation("Says much.")) { _ in
      .text(String(repeating: "a word, and another. ", count: 1000))
    }
    registrar.get("/lab/file", Operation("A file.")) { [services] _ in
      Response(
        status: 200, contentType: "application/octet-stream",
        body: .file(path: services.settings.text("file")))
    }
    let form = Operation(
      "Takes a form with files.",
      body: .init(.upload([.init("note", .string), .init("paper", .string)]), maxBytes: 4 << 20))
    registrar.post("/lab/upload", form) { request in .json(try LabPlugin.told(of: request.body)) }
    registrar.get("/lab/later/:milliseconds", Operation("Answers later.", timeoutSeconds: 3)) {
      request in
      let wait = Int(request.parameters["milliseconds"] ?? "") ?? 0
      try await Task.sleep(for: .milliseconds(wait))
      return .text("after \(wait)")
    }
    registrar.get("/lab/conflict", Operation("Throws.")) { _ in
      throw PluginError(.conflict, "taken already")
    }
    registrar.get("/lab/status/:code", Operation("Answers with any status.")) { request in
      Response(status: request.parameters["code"].flatMap { Int($0) } ?? 200)
    }
    registrar.get("/lab/breaks", Operation("Throws what nobody knows.")) { _ in
      throw AccountError(.unknown, "SELECT secret FROM inside")
    }
    registrar.get("/lab/who", Operation("Who calls?", access: .signedIn)) { request in
      .text(try request.caller().id)
    }
    registrar.get(
      "/lab/newcomer",
      Operation("Who is it?", access: .signedIn, admitsProvisional: true)
    ) { request in .text(try request.caller().id) }
    registrar.get("/lab/anyone", Operation("Who might it be?")) { request in
      .text(request.identity?.id ?? "a stranger")
    }
    registrar.post("/lab/short", Operation("Takes what is short.")) { _ in .text("taken") }
    let anything = Operation.RequestBody(.json(.anything), optional: true)
    registrar.post("/lab/echo", Operation("Gives back.", body: anything)) { request in
      guard case .bytes(let bytes) = request.body else { return .text("a form") }
      return Response(status: 200, contentType: "text/plain", body: .bytes(bytes))
    }
    registrar.post(
      "/lab/private", Operation("Gives back.", body: anything, access: .signedIn)
    ) { request in
      guard case .bytes(let bytes) = request.body else { return .text("a form") }
      return Response(status: 200, contentType: "text/plain", body: .bytes(bytes))
    }
    registrar.get("/lab/address", Operation("Where from?")) { request in
      .text(request.peer.address)
    }
    registrar.get(
      "/lab/inside", Operation("From inside?", access: .openNetworks(setting: "open_networks"))
    ) { _ in .text("inside") }
    let change = Operation(
      "Changes something.", access: .openNetworks(setting: "open_networks"), changesByGET: true)
    registrar.route([.get, .post], "/lab/change", change) { request in
      .text("changed by \(request.identity?.id ?? "somebody")")
    }
    registrar.get("/lab/cookies", Operation("What came along?")) { request in
      .text(request.cookies["a"] ?? "none")
    }
    registrar.get("/lab/kept", Operation("May be kept.")) { _ in
      .text("kept").with("Cache-Control", "max-age=5")
    }
    registrar.get("/lab/credentials", Operation("What came along?")) { request in
      .text(request.headers["authorization"] ?? "none")
    }
    registrar.get("/lab/origin", Operation("Called as?")) { request in .text(request.origin) }
    registrar.post("/lab/hook", Operation("Takes webhooks.")) { [self] request in
      let status = hookStatus.withLock { $0 }
      if status < 300 { hooks.withLock { $0.append(request) } }
      return Response(status: status)
    }
    let little = Operation.RequestBody(.json(.anything), maxBytes: 100)
    registrar.post("/lab/little", Operation("Takes little.", body: little)) { _ in .noContent }
    registerShared(&registrar)
  }

  /// What pages of other sites may call.
  private func registerShared(_ registrar: inout Registrar) {
    let little = Operation.RequestBody(.json(.anything), maxBytes: 100)
    registrar.crossOrigin(CrossOrigin(setting: "sites", headers: ["X-Lab"]))
    registrar.get("/lab/shared", Operation("Throws.")) { _ in
      throw PluginError(.conflict, "taken already")
    }
    registrar.post("/lab/shared", Operation("Takes little.", body: little)) { _ in .noContent }
    registrar.crossOrigin(CrossOrigin(setting: "everybody"))
    registrar.post("/lab/open", Operation("For everybody.")) { _ in .noContent }
    registrar.put("/lab/echo", Operation("For everybody, too.")) { _ in .noContent }
    registrar.get("/lab/open/cookies", Operation("What came along?")) { request in
      .text(request.cookies["a"] ?? "none")
    }
    registrar.get("/lab/open/credentials", Operation("What came along?")) { request in
      .text(request.headers["authorization"] ?? "none")
    }
    registrar.mount(at: "/lab/mount")
    registrar.get("/known", Operation("Is there.")) { _ in .noContent }
  }

  /// What came with a form: its fields, and of each file the size and what the disk has of it.
  private static func told(of body: Request.Body) throws -> JSONValue {
    guard case .form(let fields, let files) = body else { throw PluginError.invalid("no form") }
    return [
      "note": fields["note"].map { .string($0) } ?? .null,
      "files": .array(
        files.map { file in
          [
            "field": .string(file.field), "name": .string(file.name),
            "size": .int(Int64(file.size)), "path": .string(file.path),
            "onDisk": .int(Int64(TestServer.size(of: file.path) ?? -1)),
          ]
        }),
    ]
  }

  static let settings = [
    Setting("file", .text(""), "What /lab/file serves."),
    Setting("sites", .list(["https://lab.example:8443"]), "Who may call /lab/shared."),
    Setting("everybody", .list(["*"]), "Who may call /lab/open."),
    Setting("open_networks", .list(["127.0.0.0/8"]), "Who may call /lab/inside."),
  ]
}

/// An old protocol: `JOIN topic`, `SAY topic word`, `LEAVE topic`, `QUIT`; events look like
/// `topic word`.
struct LineDialect: Dialect {
  let hub: any Hub

  func accept(_ connection: any DialectConnection, _ request: Request) async throws
    -> any DialectSession
  {
    guard let name = request.query["name"] else {
      throw PluginError(.unauthorized, "a name, please")
    }
    let who = request.identity ?? Identity(guest: name, name: name)
    if name == "late" { await waitForGate() }
    await connection.send(Array("HI \(name)".utf8))
    return LineSession(connection, who, hub: hub)
  }

  /// Waits until somebody is in `lab.room.gate`, and does not hear that nobody waits for it.
  private func waitForGate() async {
    while await hub.population(of: "lab.room.gate") == 0 {
      try? await Task.sleep(for: .milliseconds(5))
    }
  }

  func frame(for event: Event, in topic: Topic) -> DialectFrame? {
    guard let word = event.fields["msg"]?.string else { return nil }
    return DialectFrame(Array("\(topic) \(word)".utf8), skipsAuthor: word == "unheard")
  }
}

final class LineSession: DialectSession {
  private let connection: any DialectConnection
  private let who: Identity
  private let hub: any Hub

  init(_ connection: any DialectConnection, _ who: Identity, hub: any Hub) {
    self.connection = connection
    self.who = who
    self.hub = hub
  }

  func received(_ text: [UInt8]) async {
    let words = String(decoding: text, as: UTF8.self).split(separator: " ").map(String.init)
    switch words.first {
    case "JOIN" where words.count == 2:
      do {
        try await connection.subscribe(Topic(words[1]), as: who)
        await connection.send(Array("IN \(words[1])".utf8))
      } catch {
        await connection.send(Array("NO \(error)".utf8))
      }
    case "LEAVE" where words.count == 2:
      await connection.unsubscribe(Topic(words[1]))
      await connection.send(Array("OUT \(words[1])".utf8))
    case "SAY" where words.count == 3:
      guard await connection.mayPublish() else { return await connection.send(Array("SLOW".utf8)) }
      _ = try? await hub.publish(Event("lab.word", ["msg": .string(words[2])]), to: Topic(words[1]))
    case "LAST" where words.count == 3:
      _ = try? await hub.publish(Event("lab.word", ["msg": .string(words[2])]), to: Topic(words[1]))
      await connection.unsubscribe(Topic(words[1]))
      await connection.send(Array("OUT \(words[1])".utf8))
    case "HANG": try? await LabPlugin.hang()
    case "QUIT": await connection.close(code: 4003, reason: "as you wish")
    default: await connection.send(Array("WHAT".utf8))
    }
  }

  func closed(_ how: Departure) async {
    guard who.name == "late" else { return }
    _ = try? await hub.publish(Event("lab.closed", ["how": .string("\(how)")]), to: "lab.room.gate")
  }
}
