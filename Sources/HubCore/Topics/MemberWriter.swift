internal import HubProtocol
internal import HubStore
internal import Loop
internal import PluginKit

/// Writes who comes into a worker's topics and leaves them to the store, in batches.
///
/// Not `Sendable`: it belongs to its worker, on which all its methods run.
final class MemberWriter {
  private let context: WorkerContext
  private let shared: SharedTopics
  private var batch = MemberBatch()
  private var timer: EventLoop.Timer?

  /// Shorter than the time in which changes are gathered for others: a member that is shown to them
  /// is in the store already, so that no crash makes it leave before their eyes.
  private static let writeDelay = Duration.milliseconds(100)
  private static let retryDelay = Duration.seconds(2)

  init(_ context: WorkerContext, _ shared: SharedTopics) {
    self.context = context
    self.shared = shared
  }

  func note(
    _ kind: MembershipChange.Kind, of who: Identity, in topic: TopicName,
    on worker: isolated Worker
  ) {
    let place = MemberStore.Place(topic: topic, user: who.id)
    switch kind {
    case .joined:
      batch.note(.came(.init(who: who, since: context.loop.unixMilliseconds)), at: place)
    case .left: batch.note(.went, at: place)
    }
    writeLater(MemberWriter.writeDelay, on: worker)
  }

  private func writeLater(_ delay: Duration, on worker: isolated Worker) {
    guard timer == nil else { return }
    timer = context.loop.schedule(after: delay) { self.timeIsUp(on: worker) }
  }

  private func timeIsUp(on worker: isolated Worker) {
    timer = nil
    write(on: worker)
  }

  private func write(on worker: isolated Worker) {
    guard let part = batch.take() else { return }
    Task.immediate {
      do {
        try await shared.memberStore.write(part)
        batch.written()
        if !batch.isEmpty { writeLater(MemberWriter.writeDelay, on: worker) }
      } catch {
        shared.log.error("members cannot be stored", ["reason": "\(error)"])
        batch.refused(part)
        writeLater(MemberWriter.retryDelay, on: worker)
      }
    }
  }

  /// Waits until the store knows of all members, but not for a store that does not answer.
  func finish(on worker: isolated Worker) async {
    for _ in 0..<200 {
      write(on: worker)
      if batch.isIdle { return }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}
