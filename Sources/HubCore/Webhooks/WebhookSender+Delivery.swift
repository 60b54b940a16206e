internal import Loop
internal import PluginKit
internal import Primitives

// Webhooks on their way to the receiver.
extension WebhookSender {
  /// The calls of one round; plugins make calls of their own by the same means.
  private static var atOnce: Int { 3 }

  /// Sends what is due. Of each subject one at a time, and the next only after the receiver has
  /// taken it.
  func deliver(on worker: isolated Worker) {
    isRung = true
    guard !isDelivering, delivery == nil || idleRounds == 0 else { return }
    if let timer = delivery { context.loop.cancel(timer) }
    delivery = nil
    isDelivering = true
    Task.immediate {
      let pause = await deliverRounds()
      isDelivering = false
      delivery = context.loop.schedule(after: .milliseconds(pause)) {
        self.delivery = nil
        self.deliver(on: worker)
      }
    }
  }

  /// Delivers until nothing is due any more; the milliseconds until then.
  private func deliverRounds() async -> Int64 {
    do {
      var pause: Int64
      repeat {
        isRung = false
        while try await deliverRound() {}
        pause = try await pauseAfterRounds()
      } while isRung && idleRounds == 0
      return pause
    } catch {
      shared.log.error("webhooks cannot be sent", ["reason": "\(error)"])
      return WebhookPatience.first
    }
  }

  /// True if it is worth while to go on at once.
  private func deliverRound() async throws -> Bool {
    let now = context.loop.unixMilliseconds
    let waiting = try await outbox.due(
      at: now, latest: now + 2 * WebhookPatience.longest, limit: WebhookSender.atOnce)
    guard !waiting.isEmpty else { return false }
    let statuses = await post(waiting, at: now)
    let outcomes = zip(waiting, statuses).map { ($0, outcome(of: $0, status: $1, at: now)) }
    try await outbox.note(outcomes)
    let isTaking = statuses.contains { $0 != nil }
    idleRounds = isTaking ? 0 : idleRounds + 1
    return isTaking
  }

  /// The status of each answer, nil where there is none.
  private func post(_ waiting: [WebhookLog.Waiting], at now: Int64) async -> [Int?] {
    let web = shared.web
    let rules = rules
    return await withTaskGroup { group in
      for (place, one) in waiting.enumerated() {
        let call = one.call(rules, at: now)
        // The caller's own log says why there is no answer.
        group.addTask { (place, try? await web.call(call).status) }
      }
      var statuses = [Int?](repeating: nil, count: waiting.count)
      for await (place, status) in group { statuses[place] = status }
      return statuses
    }
  }

  private func outcome(
    of waiting: WebhookLog.Waiting, status: Int?, at now: Int64
  ) -> WebhookLog.Outcome {
    if let status, (200..<300).contains(status) {
      shared.counters.sent.add(1)
      return .delivered
    }
    shared.counters.failed.add(1)
    let detail: Log.Fields = [
      "event": waiting.kind, "answer": status.map { "\($0)" } ?? "none",
    ]
    guard now - waiting.createdAt < WebhookPatience.life else {
      shared.counters.givenUp.add(1)
      shared.log.error("a webhook was given up", detail)
      return .givenUp
    }
    if waiting.failures == 0 { shared.log.warning("a webhook was not taken", detail) }
    let delay = WebhookPatience.delay(after: waiting.failures + 1, chance: shared.random.fraction)
    return .failed(nextAt: now + delay)
  }

  /// Milliseconds until the next round.
  private func pauseAfterRounds() async throws -> Int64 {
    let outlook = try await outbox.outlook()
    shared.counters.waiting.set(outlook.waiting)
    var pause =
      outlook.nextDue.map { $0 - context.loop.unixMilliseconds } ?? WebhookPatience.longest
    if idleRounds > 0 {
      pause = max(pause, min(WebhookPatience.delay(after: idleRounds, chance: 0), 30_000))
    }
    return min(max(pause, 50), WebhookPatience.longest)
  }
}

/// Outcomes of webhooks, for the metrics. Raised by the first worker.
final class WebhookCounters: Sendable {
  let sent = Counter()
  let failed = Counter()
  let givenUp = Counter()
  let waiting = Counter()
}
