internal import HubProtocol
internal import HubTopics
internal import Loop
internal import PluginKit
internal import Primitives

/// The parts of webhooks, and the counters of their outcomes.
final class SharedWebhooks: Sendable {
  /// Nil if no receiver is to be told.
  let rules: WebhookRules?
  let web: any WebService
  let random: any RandomSource
  let log: Log
  let counters = WebhookCounters()

  init(
    rules: WebhookRules?, web: any WebService, random: any RandomSource, log: Log
  ) {
    self.rules = rules
    self.web = web
    self.random = random
    self.log = log
  }
}

/// The webhooks of a server, on its first worker: records in the outbox what the receiver has to be
/// told, and delivers it.
///
/// Not `Sendable`: it belongs to its worker, on which all its methods run.
final class WebhookSender {
  let context: WorkerContext
  let shared: SharedWebhooks
  let rules: WebhookRules
  let outbox: WebhookLog
  private var ledger: WebhookLedger
  private var isRecording = false
  /// Looks at the ledger next.
  private var timer: EventLoop.Timer?
  var isDelivering = false
  /// Something was put into the outbox since it was last looked into.
  var isRung = false
  /// Rounds in a row in which the receiver took nothing.
  var idleRounds = 0
  /// Delivers next.
  var delivery: EventLoop.Timer?

  private static let mostAtOnce = 500
  private static let retryDelay = Duration.seconds(2)

  init(
    _ context: WorkerContext, _ shared: SharedWebhooks, _ rules: WebhookRules, _ outbox: WebhookLog
  ) {
    self.context = context
    self.shared = shared
    self.rules = rules
    self.outbox = outbox
    ledger = WebhookLedger(quietMilliseconds: rules.quietMilliseconds)
  }

  /// Takes up what the receiver was told before; what is not there any more goes, after `time`
  /// milliseconds.
  func open(within time: Int64, on worker: isolated Worker) async throws {
    let grace = time + rules.quietMilliseconds
    for (subject, person) in try await outbox.states() {
      let now = context.steadyTime
      ledger.restore(subject, person, at: now, until: now + grace)
    }
    setTimer(on: worker)
    deliver(on: worker)
  }

  func receive(_ report: WebhookReport, on worker: isolated Worker) {
    if report.isThere {
      ledger.hold(report.subject, by: report.holder, report.person, at: context.steadyTime)
    } else {
      ledger.release(report.subject, by: report.holder, at: context.steadyTime)
    }
    record(on: worker)
  }

  /// Puts an event of a plugin into the outbox, if the receiver wants it.
  func notify(_ event: Event, about subject: String, on worker: isolated Worker) async throws {
    guard let kind = WebhookRules.Kind(rawValue: event.name), rules.kinds.contains(kind) else {
      return
    }
    let now = context.loop.unixMilliseconds
    guard try await outbox.record(event, about: subject, at: now) else {
      throw HubError(.overloaded)
    }
    deliver(on: worker)
  }

  private func setTimer(on worker: isolated Worker) {
    if let timer { context.loop.cancel(timer) }
    timer = nil
    guard let deadline = ledger.nextDeadline else { return }
    let delay = max(0, deadline - context.steadyTime)
    timer = context.loop.schedule(after: .milliseconds(delay)) {
      self.timer = nil
      self.settle(on: worker)
    }
  }

  private func settle(on worker: isolated Worker) {
    ledger.settle(at: context.steadyTime)
    record(on: worker)
  }

  private func record(on worker: isolated Worker) {
    setTimer(on: worker)
    guard !isRecording else { return }
    let notices = ledger.take(atMost: WebhookSender.mostAtOnce)
    guard !notices.isEmpty else { return }
    isRecording = true
    let wall = context.moment.shift
    Task.immediate {
      let isDone = await write(notices, wall)
      isRecording = false
      guard isDone else {
        ledger.refused(notices)
        context.loop.schedule(after: WebhookSender.retryDelay) { self.settle(on: worker) }
        return
      }
      ledger.recorded(notices)
      deliver(on: worker)
      record(on: worker)
    }
  }

  private func write(_ notices: [WebhookLedger.Notice], _ wall: Int64) async -> Bool {
    do {
      if try await outbox.record(notices, rules.kinds, wall: wall) { return true }
      shared.log.warning("too many webhooks wait to be sent")
    } catch {
      shared.log.error("webhooks cannot be stored", ["reason": "\(error)"])
    }
    return false
  }

  /// Waits until everything is in the outbox, but not for a store that does not answer.
  func finish(on worker: isolated Worker) async {
    for _ in 0..<200 {
      record(on: worker)
      if !isRecording, !ledger.hasNotices { return }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}
