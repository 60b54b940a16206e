internal import Loop
internal import PluginKit
internal import Primitives

extension Courier {
  /// Delivers everything that is due now, one after another.
  func deliverDue() async throws {
    while !Task.isCancelled, let waiting = try await queue.take(at: clock.now) {
      try await deliver(waiting)
    }
  }

  private func deliver(_ waiting: ParcelQueue.Waiting) async throws {
    guard let parcel = waiting.parcel else {
      try await queue.giveUp(waiting.id, "written by another version", at: clock.now)
      return
    }
    do throws(TransferError) {
      switch parcel {
      case .mail(let mail): try await deliver(mail, waiting)
      case .web(let call): try await deliver(call)
      }
    } catch {
      try await note(error, parcel, waiting)
      return
    }
    try await queue.delivered(waiting.id)
    counters.withLock { $0.sent += 1 }
  }

  private func deliver(_ mail: Mail, _ waiting: ParcelQueue.Waiting) async throws(TransferError) {
    let settings = settings()
    let letter = Letter(
      mail: mail, from: settings.from, id: "muster.\(waiting.createdAt).\(waiting.id)",
      date: waiting.createdAt)
    guard let server = settings.server else {
      try await carrier.keep(letter.bytes, in: settings.folder, as: letter.id)
      return
    }
    try await carrier.deliver(
      letter.bytes, from: Letter.address(in: settings.from), to: mail.to, over: server,
      trusting: settings.trust)
  }

  private func deliver(_ call: WebCall) async throws(TransferError) {
    let answer = try await carrier.call(
      call, answerLimit: Courier.largestAnswer, trusting: settings().trust)
    guard (200..<300).contains(answer.status) else {
      throw TransferError(.other, "answered \(answer.status)", status: answer.status)
    }
  }

  private func note(
    _ error: TransferError, _ parcel: Parcel, _ waiting: ParcelQueue.Waiting
  ) async throws {
    let now = clock.now
    if error.code == .stopped {
      // Not its fault: it is due again at the next start.
      try await queue.failed(waiting.id, "the server was stopped", nextAt: now)
      return
    }
    counters.withLock { $0.failed += 1 }
    let isOver = error.isFinal || parcel.schedule.isOver(since: waiting.createdAt, at: now)
    log.warning(
      isOver ? "a delivery was given up" : "a delivery failed and will be tried again",
      ["kind": parcel.kind, "to": parcel.destination, "reason": "\(error)"])
    if isOver {
      try await queue.giveUp(waiting.id, "\(error)", at: now)
    } else {
      let delay = parcel.schedule.delay(after: waiting.failures + 1, chance: random.fraction)
      try await queue.failed(waiting.id, "\(error)", nextAt: now + delay)
    }
  }
}
