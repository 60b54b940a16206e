internal import Loop
internal import PluginHost
internal import PluginKit

/// Asks plugins about clients: never for longer than may be, with their failures counted as theirs.
///
/// Not `Sendable`: it belongs to one worker.
final class PluginCalls {
  private let loop: EventLoop
  private let runner: RouteRunner
  private let log: Log

  /// An answer that takes longer is not waited for.
  static let timeoutSeconds = 15

  init(_ loop: EventLoop, _ runner: RouteRunner, _ log: Log) {
    self.loop = loop
    self.runner = runner
    self.log = log
  }

  /// The result of `work` of a plugin. Throws the error that it throws, or a timeout, after which
  /// the work is cancelled.
  ///
  /// - Parameter late: takes back an answer that comes after the timeout.
  func ask<Answer>(
    _ plugin: String, late: @escaping (Answer) async -> Void = { _ in },
    on worker: isolated Worker, _ work: @escaping () async throws -> Answer
  ) async throws -> Answer {
    let call = PluginCall<Answer>()
    let task = Task.immediate {
      _ = worker
      do {
        let answer = try await work()
        if !call.end(with: .success(answer)) { await late(answer) }
      } catch {
        call.end(with: .failure(error))
      }
    }
    do {
      // Most plugins know the answer by heart.
      if let outcome = call.outcome { return try outcome.get() }
      let timer = loop.schedule(after: .seconds(PluginCalls.timeoutSeconds)) {
        call.end(with: .failure(PluginError(.timeout, "this took too long")))
        task.cancel()
      }
      defer { loop.cancel(timer) }
      await withCheckedContinuation { call.waiter = $0 }
      guard let outcome = call.outcome else { throw CancellationError() }
      return try outcome.get()
    } catch {
      note(error, of: plugin)
      throw error
    }
  }

  private func note(_ error: any Error, of plugin: String) {
    let health = runner.health(of: plugin)
    switch RouteRunner.shaped(error).code {
    case .timeout:
      health?.countTimeout()
      log.warning("a plugin took too long", ["plugin": plugin])
    case .failure:
      health?.countFailure()
      log.error("a plugin failed", ["plugin": plugin, "error": "\(type(of: error)): \(error)"])
    case .unreadableBody, .invalid, .unauthorized, .forbidden, .notFound, .methodNotAllowed,
      .conflict, .tooLarge, .tooManyRequests, .unavailable:
      return
    }
  }
}

/// A question to a plugin that is answered once, by the plugin or by its time running out.
private final class PluginCall<Answer> {
  private(set) var outcome: Result<Answer, any Error>?
  /// The task that waits for it.
  var waiter: CheckedContinuation<Void, Never>?

  /// False if it was answered before.
  @discardableResult
  func end(with result: Result<Answer, any Error>) -> Bool {
    guard outcome == nil else { return false }
    outcome = result
    waiter.take()?.resume()
    return true
  }
}
