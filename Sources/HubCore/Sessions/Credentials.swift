internal import PluginKit
internal import Storage

/// Answers about credentials of one worker's clients.
///
/// Not `Sendable`: it belongs to one worker.
final class Credentials {
  /// How many revocations this worker was told of: an answer that was asked for before one of them
  /// may be out of date.
  private var revocations: UInt64 = 0

  private static let mostLookUps = 8

  func noteRevocation() { revocations &+= 1 }

  /// An answer about credentials that no revocation has overtaken: one that came in meanwhile did
  /// not find this connection under the user that the answer names.
  func current(
    _ lookUp: () async throws -> Identity?
  ) async throws -> Identity? {
    for _ in 0..<Credentials.mostLookUps {
      let generation = revocations
      let identity = try await lookUp()
      if generation == revocations { return identity }
    }
    throw StoreError(.unavailable, "credentials change faster than they can be looked up")
  }
}
