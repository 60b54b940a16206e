public import PluginKit

/// The certificates that a call accepts.
public enum CallTrust: Sendable, Hashable {
  /// The authorities that the machine trusts.
  case system
  /// The authorities that the machine trusts, and those in a PEM file.
  case systemAnd(String)
  /// The authorities, or the self-made certificate, in a PEM file.
  case file(String)
  /// All of them.
  case anyone
}

/// One call to another server, for programs that make no second one.
public enum SingleCall {
  /// Makes the call on a thread of its own. Every answer with a status is an answer.
  public static func make(_ call: WebCall, trusting trust: CallTrust = .system)
    async throws(TransferError) -> WebAnswer
  {
    let lane = TransferLane(name: "call", brake: Curl.Brake())
    do throws(TransferError) {
      let answer = try await lane.call(call, answerLimit: Courier.largestAnswer, trusting: trust)
      lane.stop()
      return answer
    } catch {
      lane.stop()
      throw error
    }
  }
}
