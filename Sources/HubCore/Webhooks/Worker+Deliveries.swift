internal import Loop
internal import PluginKit
internal import Primitives

// Webhooks on their way to the receiver.
extension Worker {
  /// The calls of one round; plugins make calls of their own by the same means.
  private static var atOnce: Int { 3 }

  /// Sends what is due. Of each subject one at a time, and the next only after the receiver has
  /// taken it.
  func deliver(_ desk: WebhookDesk) {
    desk.isRung = true
    guard !desk.isDelivering, desk.delivery == nil || desk.idleRounds == 0 else { return }
    if let timer = desk.delivery { loop.cancel(timer) }
    desk.delivery = nil
    desk.isDelivering = true
    Task.immediate {
      let pause = await deliverRounds(desk)
      desk.isDelivering = false
      desk.delivery = loop.schedule(after: .milliseconds(pause)) { [unowned self] in
        assumeIsolated { $0.deliverAgain() }
      }
    }
  }

  /// Delivers until nothing is due any more; the milliseconds until then.
  private func deliverRounds(_ desk: WebhookDesk) async -> Int64 {
    do {
      var pause: Int64
      repeat {
        desk.isRung = false
        while try await deliverRound(desk) {}
        pause = try await pauseAfterRounds(desk)
      } while desk.isRung && desk.idleRounds == 0
      return pause
    } catch {
      house.log.error("webhooks cannot be sent", ["reason": "\(error)"])
      return WebhookPatience.first
    }
  }

  private func deliverAgain() {
    guard let desk = webhookDesk else { return }
    desk.delivery = nil
    deliver(desk)
  }

  /// True if it is worth while to go on at once.
  private func deliverRound(_ desk: WebhookDesk) async throws -> Bool {
    let now = loop.unixMilliseconds
    let waiting = try await desk.log.due(
      at: now, latest: now + 2 * WebhookPatience.longest, limit: Worker.atOnce)
    guard !waiting.isEmpty else { return false }
    let statuses = await post(waiting, desk.rules, at: now)
    let outcomes = zip(waiting, statuses).map { ($0, outcome(of: $0, status: $1, at: now)) }
    try await desk.log.note(outcomes)
    let isTaking = statuses.contains { $0 != nil }
    desk.idleRounds = isTaking ? 0 : desk.idleRounds + 1
    return isTaking
  }

  /// The status of each answer, nil where there is none.
  private func post(
    _ waiting: [WebhookLog.Waiting], _ rules: WebhookRules, at now: Int64
  ) async -> [Int?] {
    let web = house.web
    return await withTaskGroup { group in
      for (place, one) in waiting.enumerated() {
        let call = one.call(rules, at: now)
        // Why there is no answer, whoever makes calls has in its log.
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
      house.webhookCounters.sent.add(1)
      return .delivered
    }
    house.webhookCounters.failed.add(1)
    let detail: Log.Fields = [
      "event": waiting.kind, "answer": status.map { "\($0)" } ?? "none",
    ]
    guard now - waiting.createdAt < WebhookPatience.life else {
      house.webhookCounters.givenUp.add(1)
      house.log.error("a webhook was given up", detail)
      return .givenUp
    }
    if waiting.failures == 0 { house.log.warning("a webhook was not taken", detail) }
    let delay = WebhookPatience.delay(after: waiting.failures + 1, chance: house.random.fraction)
    return .failed(nextAt: now + delay)
  }

  /// Milliseconds until the next round.
  private func pauseAfterRounds(_ desk: WebhookDesk) async throws -> Int64 {
    let outlook = try await desk.log.outlook()
    house.webhookCounters.waiting.set(outlook.waiting)
    var pause = outlook.nextDue.map { $0 - loop.unixMilliseconds } ?? WebhookPatience.longest
    if desk.idleRounds > 0 {
      pause = max(pause, min(WebhookPatience.delay(after: desk.idleRounds, chance: 0), 30_000))
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
