internal import HubProtocol
internal import HubStore
internal import HubTopics
internal import Loop
internal import PluginKit

/// The webhooks of a server, on its first worker.
final class WebhookDesk {
  let rules: WebhookRules
  let log: WebhookLog
  var ledger: WebhookLedger
  var isRecording = false
  var isDelivering = false
  /// Something was put into the outbox since it was last looked into.
  var isRung = false
  /// Rounds in a row in which the receiver took nothing.
  var idleRounds = 0
  /// Looks at the ledger next.
  var timer: EventLoop.Timer?
  /// Delivers next.
  var delivery: EventLoop.Timer?

  init(_ rules: WebhookRules, _ log: WebhookLog) {
    self.rules = rules
    self.log = log
    ledger = WebhookLedger(quietMilliseconds: rules.quietMilliseconds)
  }
}

// Reporting, from the owners of topics.
extension Worker {
  /// A member came or went.
  func tellWebhooks(_ kind: MembershipChange.Kind, of who: Identity, in topic: TopicName) {
    guard house.webhooks != nil else { return }
    let isThere = kind == .joined
    tellWebhooks(isThere, .topic(topic.description), by: who.id, nil)
    // A guest is nobody of whom another program could know.
    if who.isGuest { return }
    let person = WebhookLedger.Person(name: who.name, avatar: who.avatar)
    tellWebhooks(isThere, .user(who.id), by: topic.description, person)
  }

  /// A topic that does not know its members has got its first subscriber, or lost its last.
  func tellWebhooks(_ topic: TopicName, isOccupied: Bool) {
    guard house.webhooks != nil else { return }
    tellWebhooks(isOccupied, .topic(topic.description), by: "", nil)
  }

  private func tellWebhooks(
    _ isThere: Bool, _ subject: WebhookSubject, by holder: String, _ person: WebhookLedger.Person?
  ) {
    guard house.webhooks?.cares(for: subject) == true else { return }
    // Drained clients are expected back; absences are found out after the next start.
    if !isThere && house.isDraining { return }
    let report = WebhookReport(
      subject: subject, isThere: isThere, holder: holder, person: person)
    post(.webhook(report), to: 0)
  }
}

// Recording, on the first worker.
extension Worker {
  func take(_ report: WebhookReport) {
    guard let desk = webhookDesk else { return }
    if report.isThere {
      desk.ledger.hold(report.subject, by: report.holder, report.person, at: steadyTime)
    } else {
      desk.ledger.release(report.subject, by: report.holder, at: steadyTime)
    }
    record(desk)
  }

  private static var mostAtOnce: Int { 500 }
  private static var retryDelay: Duration { .seconds(2) }

  /// Takes up what the receiver was told before; what is not there any more goes, after `time`
  /// milliseconds.
  func openWebhooks(_ rules: WebhookRules, within time: Int64) async throws {
    let desk = WebhookDesk(rules, WebhookLog(store: house.eventStore.store))
    let grace = time + rules.quietMilliseconds
    for (subject, person) in try await desk.log.states() {
      desk.ledger.restore(subject, person, at: steadyTime, until: steadyTime + grace)
    }
    webhookDesk = desk
    setTimer(desk)
    deliver(desk)
  }

  private func setTimer(_ desk: WebhookDesk) {
    if let timer = desk.timer { loop.cancel(timer) }
    desk.timer = nil
    guard let deadline = desk.ledger.nextDeadline else { return }
    let delay = max(0, deadline - steadyTime)
    desk.timer = loop.schedule(after: .milliseconds(delay)) { [unowned self] in
      assumeIsolated { worker in
        worker.webhookDesk?.timer = nil
        worker.settleWebhooks()
      }
    }
  }

  private func settleWebhooks() {
    guard let desk = webhookDesk else { return }
    desk.ledger.settle(at: steadyTime)
    record(desk)
  }

  private func record(_ desk: WebhookDesk) {
    setTimer(desk)
    guard !desk.isRecording else { return }
    let notices = desk.ledger.take(atMost: Worker.mostAtOnce)
    guard !notices.isEmpty else { return }
    desk.isRecording = true
    let wall = moment.shift
    Task.immediate {
      let isDone = await write(notices, desk, wall)
      desk.isRecording = false
      guard isDone else {
        desk.ledger.refused(notices)
        loop.schedule(after: Worker.retryDelay) { [unowned self] in
          assumeIsolated { $0.settleWebhooks() }
        }
        return
      }
      desk.ledger.recorded(notices)
      deliver(desk)
      record(desk)
    }
  }

  private func write(
    _ notices: [WebhookLedger.Notice], _ desk: WebhookDesk, _ wall: Int64
  ) async -> Bool {
    do {
      if try await desk.log.record(notices, desk.rules.kinds, wall: wall) { return true }
      house.log.warning("too many webhooks wait to be sent")
    } catch {
      house.log.error("webhooks cannot be stored", ["reason": "\(error)"])
    }
    return false
  }

  /// Waits until everything is in the outbox, but not for a store that does not answer.
  func finishWebhooks() async {
    guard let desk = webhookDesk else { return }
    for _ in 0..<200 {
      record(desk)
      if !desk.isRecording, !desk.ledger.hasNotices { return }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}
