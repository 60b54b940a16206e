internal import Bytes
internal import JSON
internal import Loop
internal import PluginKit

// Publishing at home: the one place where a topic's events are numbered.
extension Worker {
  func take(_ order: PublishOrder) {
    if case .nobody = order.sender, homes[order.topic] == nil, !isRemembered(order.topic) { return }
    let home: TopicHome
    do {
      home = try existingOrNew(order.topic)
    } catch {
      return answer(order, .refused(.unknownTopic, message: nil))
    }
    switch home.stage {
    case .loading: home.held.append(order)
    case .unread:
      home.held.append(order)
      Task.immediate { _ = try? await open(order.topic) }
    case .ready: publish(order, home)
    }
  }

  /// Takes what was ordered while the topic's history was being read. If it could not be read
  /// nothing waits for that: whoever ordered it may try again.
  func takeHeld(_ home: TopicHome) {
    let held = home.held
    home.held = []
    guard case .unread = home.stage else {
      for order in held { take(order) }
      return
    }
    for order in held {
      answer(order, .refused(.internalError, message: "its history cannot be read"))
    }
  }

  /// Is there anything of a topic where nobody is?
  private func isRemembered(_ topic: TopicName) -> Bool {
    guard let rules = rules(for: topic) else { return false }
    return rules.history != .none
  }

  private func publish(_ order: PublishOrder, _ home: TopicHome) {
    let event: (data: [UInt8], author: String?, isSecret: Bool)
    do {
      event = try compose(order, home.rules)
    } catch TopicRefusal.bad(let sentence) {
      return answer(order, .refused(.badRequest, message: sentence))
    } catch {
      return answer(order, .refused(.permissionDenied, message: nil))
    }
    let data = event.data
    let now = loop.unixMilliseconds
    let preparation = home.topic.prepare(
      data.span, author: event.author, id: order.key?.id, isSecret: event.isSecret, at: now)
    switch preparation {
    case .repeated(let position): answer(order, .stored(position, ts: now))
    case .waiting(let offset): home.orders[offset, default: []].append(order)
    case .fresh(let publication):
      counters.published.add(1)
      home.orders[publication.offset] = [order]
      guard home.isStored else { return settle(through: publication.offset, home) }
      home.unstored.append((publication, order.key))
      store(home)
    }
  }

  private func compose(
    _ order: PublishOrder, _ rules: TopicRules
  ) throws -> (data: [UInt8], author: String?, isSecret: Bool) {
    switch order.content {
    case .event(let event): return (event.data.encoded(), event.author, event.isSecret)
    case .message(let payload, let sender):
      guard let compose = rules.compose else {
        return (Worker.plainMessage(payload, sender), sender.id, false)
      }
      let message = MemberMessage(
        topic: Topic(order.topic.description), sender: sender,
        data: try JSONValue(parsing: payload), id: order.key?.id ?? "",
        at: loop.unixMilliseconds)
      let event = try compose(message)
      return (event.data.encoded(), sender.id, event.isSecret)
    }
  }

  /// What a member said, with who said it, where the topic's owner has no form of its own for it.
  private static func plainMessage(_ payload: [UInt8], _ sender: Identity) -> [UInt8] {
    var out = ByteBuffer(capacity: payload.count + 96)
    out.append("{\"event\":\"message\",\"user\":{\"id\":" as StaticString)
    out.append(json: sender.id)
    out.append(",\"name\":" as StaticString)
    out.append(json: sender.name)
    out.append("},\"data\":" as StaticString)
    out.append(payload)
    out.append(UInt8(ascii: "}"))
    return [UInt8](out)
  }

  /// Writes what has gathered for a stored topic, in one transaction.
  private func store(_ home: TopicHome) {
    guard !home.isStoring, let last = home.unstored.last?.publication.offset else { return }
    home.isStoring = true
    let batch = home.unstored
    home.unstored = []
    Task.immediate {
      do {
        try await house.historyLog.append(
          batch.map(\.publication), batch.map(\.key), home.rules.history, home.topic.epoch)
        settle(through: last, home)
      } catch {
        house.log.error(
          "events cannot be stored", ["topic": "\(home.name)", "reason": "\(error)"])
        abandon(home)
      }
      home.isStoring = false
      let waiters = home.storeWaiters
      home.storeWaiters = []
      for waiter in waiters { waiter.resume() }
      store(home)
    }
  }

  /// Events are in the history: everybody may see them, and whoever published them is told.
  private func settle(through offset: UInt64, _ home: TopicHome) {
    for publication in home.topic.commit(through: offset, at: loop.unixMilliseconds) {
      let position = Position(offset: publication.offset, epoch: home.topic.epoch)
      for order in home.orders.removeValue(forKey: publication.offset) ?? [] {
        answer(order, .stored(position, ts: publication.ts))
      }
      send(publication, home)
    }
  }

  /// The store refused: nothing that waits for it has happened, whoever ordered it may try again.
  ///
  /// A store that broke off may have taken it all the same. So the history is read once more before
  /// anything else is numbered.
  private func abandon(_ home: TopicHome) {
    _ = home.topic.abandon()
    home.stage = .unread
    home.unstored = []
    let orders = home.orders
    home.orders = [:]
    for order in orders.values.joined() {
      answer(order, .refused(.internalError, message: "it could not be stored"))
    }
  }

  private func answer(_ order: PublishOrder, _ outcome: PublishAnswer.Outcome) {
    switch order.sender {
    case .client(let worker, let connection, let re):
      post(
        .answer(
          PublishAnswer(connection: connection, topic: order.topic, re: re, outcome: outcome)),
        to: worker)
    case .nobody: return
    case .caller(let continuation):
      switch outcome {
      case .stored(let position, _): continuation.resume(returning: position)
      case .refused(.unknownTopic, _): continuation.resume(throwing: HubError(.unknownTopic))
      case .refused: continuation.resume(throwing: HubError(.storeUnavailable))
      }
    }
  }
}
