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

  mutating func read(_ bytes: Span<UInt8>) throws(BadRequest) {
    var fields = try FieldReader(bytes, limits: Frame.limits)
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
    guard let object = try object() else { return .init() }
    return try .init(reading: bytes.extracting(object))
  }

  private func refresh(_ bytes: Span<UInt8>) throws(BadRequest) -> String {
    guard let token = try hello(bytes).token else { throw BadRequest("token is missing") }
    return token
  }

  private func pong(_ bytes: Span<UInt8>) throws(BadRequest) -> Int64? {
    guard let object = try object() else { return nil }
    return try ClientCommand.pong(reading: bytes.extracting(object))
  }

  private func subscription(_ bytes: Span<UInt8>) throws(BadRequest)
    -> ClientCommand.SubscribeOptions
  {
    guard let object = try object() else { return .init() }
    return try .init(reading: bytes.extracting(object))
  }

  private func presence(_ bytes: Span<UInt8>) throws(BadRequest) -> ClientCommand.PresenceRequest {
    guard let object = try object() else { return .init() }
    return try .init(reading: bytes.extracting(object))
  }

  private func history(_ bytes: Span<UInt8>) throws(BadRequest) -> ClientCommand.HistoryRequest {
    guard let object = try object() else { return .init() }
    return try .init(reading: bytes.extracting(object))
  }
}

/// The bounds of every frame.
enum Frame {
  static let limits = JSONLimits(bytes: 1 << 24, depth: 32, values: 1 << 20)
}
