internal import Loop
internal import PluginKit

// Asking plugins about clients: never for longer than may be, with their troubles counted as theirs.
extension Worker {
  /// Seconds after which a plugin's answer is not waited for any more.
  static var patience: Int { 15 }

  /// The result of `work` of a plugin. Throws the error that it throws, or a timeout, after which
  /// the work is cancelled.
  ///
  /// - Parameter late: takes back an answer that comes after the timeout.
  func ask<Answer>(
    _ plugin: String, late: @escaping (Answer) async -> Void = { _ in },
    _ work: @escaping () async throws -> Answer
  ) async throws -> Answer {
    let errand = Errand<Answer>()
    let task = Task.immediate {
      do {
        let answer = try await work()
        if !errand.end(with: .success(answer)) { await late(answer) }
      } catch {
        errand.end(with: .failure(error))
      }
    }
    do {
      // Most plugins know the answer by heart.
      if let outcome = errand.outcome { return try outcome.get() }
      let timer = loop.schedule(after: .seconds(Worker.patience)) {
        errand.end(with: .failure(PluginError(.timeout, "this took too long")))
        task.cancel()
      }
      defer { loop.cancel(timer) }
      await withCheckedContinuation { errand.waiter = $0 }
      guard let outcome = errand.outcome else { throw CancellationError() }
      return try outcome.get()
    } catch {
      note(error, of: plugin)
      throw error
    }
  }

  private func note(_ error: any Error, of plugin: String) {
    let gate = house.runner.gate(of: plugin)
    switch RouteRunner.shaped(error).code {
    case .timeout:
      gate?.countTimeout()
      house.log.warning("a plugin took too long", ["plugin": plugin])
    case .failure:
      gate?.countFailure()
      house.log.error(
        "a plugin failed", ["plugin": plugin, "error": "\(type(of: error)): \(error)"])
    case .unreadableBody, .invalid, .unauthorized, .forbidden, .notFound, .methodNotAllowed,
      .conflict, .tooLarge, .tooManyRequests, .unavailable:
      return
    }
  }
}

/// A question to a plugin that is answered once, by the plugin or by its time running out.
private final class Errand<Answer> {
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
