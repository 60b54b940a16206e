internal import JSON

extension ClientCommand {
  /// Reads one text message. No tree is built; `data` is checked and left where it is.
  ///
  /// Everything that is wrong with a message is the client's fault and gets an `error` frame that
  /// names the request if its `id` could be read; the connection goes on.
  package static func parse(_ bytes: Span<UInt8>) throws(CommandFault) -> ClientCommand {
    var envelope = Envelope()
    do {
      try envelope.read(bytes)
      return ClientCommand(id: envelope.id, action: try envelope.action(bytes))
    } catch {
      throw CommandFault(
        error: .badRequest, id: envelope.id, topic: envelope.topic, message: error.message)
    }
  }
}

/// The members that stand beside each other in every frame. Their order is the client's affair, so
/// they are collected before the type decides what they mean.
private struct Envelope {
  var id: RequestID?
  var topic: TopicName?
  private var type: String?
  private var data: Range<Int>?
  private var dataKind = JSONScanner.Kind.null
  private var ts: RequestID?

  static let limits = JSONLimits(bytes: 1 << 24, depth: 32, values: 1 << 20)

  mutating func read(_ bytes: Span<UInt8>) throws(BadRequest) {
    var fields = try FieldReader(bytes, limits: Envelope.limits)
    while try fields.next() {
      if try fields.isAt("type", 0) {
        type = try fields.string("type", upTo: 64)
      } else if try fields.isAt("id", 1) {
        id = try fields.echo("id")
      } else if try fields.isAt("topic", 2) {
        topic = try name(fields.string("topic", upTo: 1530))
      } else if try fields.isAt("data", 3) {
        dataKind = try fields.kind()
        data = try fields.skip()
      } else if try fields.isAt("ts", 4) {
        ts = try fields.echo("ts")
      } else {
        try fields.skip()
      }
    }
    try fields.finish()
  }

  private func name(_ text: String?) throws(BadRequest) -> TopicName? {
    guard let text else { return nil }
    guard let name = TopicName(text) else { throw BadRequest("topic is not a topic name") }
    return name
  }

  func action(_ bytes: Span<UInt8>) throws(BadRequest) -> ClientCommand.Action {
    guard let type else { throw BadRequest("type is missing") }
    switch type {
    case "publish": return .publish(try needTopic(), data: try needObject())
    case "pong": return .pong(t: try pong(bytes))
    case "ping": return .ping(ts: ts)
    case "subscribe": return .subscribe(try needTopic(), try subscription(bytes))
    case "unsubscribe": return .unsubscribe(try needTopic())
    case "presence": return .presence(try needTopic(), try presence(bytes))
    case "history": return .history(try needTopic(), try history(bytes))
    case "hello": return .hello(try hello(bytes))
    case "status": return .status
    case "refresh": return .refresh(token: try refresh(bytes))
    case "bye": return .bye
    default: return .other(type: type, topic, data: dataKind == .null ? nil : data)
    }
  }

  private func needTopic() throws(BadRequest) -> TopicName {
    guard let topic else { throw BadRequest("topic is missing") }
    return topic
  }

  private func needObject() throws(BadRequest) -> Range<Int> {
    guard let data, dataKind == .object else { throw BadRequest("data is not an object") }
    return data
  }
}

// The hub's own payloads. A `data` that is absent or null is an empty object.
extension Envelope {
  private func object() throws(BadRequest) -> Range<Int>? {
    if data == nil || dataKind == .null { return nil }
    return try needObject()
  }

  private func hello(_ bytes: Span<UInt8>) throws(BadRequest) -> ClientCommand.Hello {
    var hello = ClientCommand.Hello()
    guard let object = try object() else { return hello }
    var fields = try FieldReader(bytes.extracting(object), limits: Envelope.limits)
    while try fields.next() {
      if try fields.isAt("token", 0) {
        hello.token = try fields.string("token", upTo: 4096)
      } else if try fields.isAt("client", 1) {
        hello.client = try fields.string("client", upTo: 128)
      } else if try fields.isAt("session", 2) {
        hello.session = try fields.string("session", upTo: 64)
      } else {
        try fields.skip()
      }
    }
    return hello
  }

  private func refresh(_ bytes: Span<UInt8>) throws(BadRequest) -> String {
    guard let token = try hello(bytes).token else { throw BadRequest("token is missing") }
    return token
  }

  private func pong(_ bytes: Span<UInt8>) throws(BadRequest) -> Int64? {
    var t: Int64?
    guard let object = try object() else { return nil }
    var fields = try FieldReader(bytes.extracting(object), limits: Envelope.limits)
    while try fields.next() {
      if try fields.isAt("t", 0) { t = try fields.integer("t") } else { try fields.skip() }
    }
    return t
  }

  private func subscription(_ bytes: Span<UInt8>) throws(BadRequest)
    -> ClientCommand.SubscribeOptions
  {
    var subscription = ClientCommand.SubscribeOptions()
    guard let object = try object() else { return subscription }
    var fields = try FieldReader(bytes.extracting(object), limits: Envelope.limits)
    while try fields.next() {
      if try fields.isAt("recover", 0) {
        guard try !fields.takesNull() else { continue }
        let place = try fields.skip()
        subscription.recover = try recovery(bytes.extracting(object).extracting(place))
      } else if try fields.isAt("presence", 1) {
        subscription.wantsPresence = try fields.bool("presence") ?? false
      } else if try fields.isAt("batch", 2) {
        subscription.takesBatches = try fields.bool("batch") ?? false
      } else {
        try fields.skip()
      }
    }
    return subscription
  }

  private func recovery(_ bytes: Span<UInt8>) throws(BadRequest) -> ClientCommand.RecoveryPoint {
    var offset: UInt64?
    var epoch: String?
    var fields = try FieldReader(bytes, limits: Envelope.limits)
    while try fields.next() {
      if try fields.isAt("offset", 0) {
        offset = try fields.count("offset")
      } else if try fields.isAt("epoch", 1) {
        epoch = try fields.string("epoch", upTo: 64)
      } else {
        try fields.skip()
      }
    }
    guard let offset, let epoch else { throw BadRequest("recover needs offset and epoch") }
    return ClientCommand.RecoveryPoint(offset: offset, epoch: epoch)
  }

  private func presence(_ bytes: Span<UInt8>) throws(BadRequest) -> ClientCommand.PresenceRequest {
    var request = ClientCommand.PresenceRequest()
    guard let object = try object() else { return request }
    var fields = try FieldReader(bytes.extracting(object), limits: Envelope.limits)
    while try fields.next() {
      if try fields.isAt("rev", 0) {
        request.rev = try fields.count("rev")
      } else if try fields.isAt("after", 1) {
        request.after = try fields.count("after")
      } else if try fields.isAt("limit", 2) {
        request.limit = try limit(&fields)
      } else {
        try fields.skip()
      }
    }
    return request
  }

  private func history(_ bytes: Span<UInt8>) throws(BadRequest) -> ClientCommand.HistoryRequest {
    var request = ClientCommand.HistoryRequest()
    guard let object = try object() else { return request }
    var fields = try FieldReader(bytes.extracting(object), limits: Envelope.limits)
    while try fields.next() {
      if try fields.isAt("before", 0) {
        request.before = try fields.count("before")
      } else if try fields.isAt("limit", 1) {
        request.limit = try limit(&fields)
      } else {
        try fields.skip()
      }
    }
    return request
  }

  /// At least one; how many are too many is for whoever answers to say.
  private func limit(_ fields: inout FieldReader) throws(BadRequest) -> Int? {
    guard let limit = try fields.count("limit") else { return nil }
    guard limit > 0 else { throw BadRequest("limit is zero") }
    return Int(clamping: limit)
  }
}
