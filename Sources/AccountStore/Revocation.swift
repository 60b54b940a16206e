/// The reason to close live connections.
public enum Revocation: Sendable, Hashable {
  /// All of an account: its password was set, it was disabled, or its holder asked for it.
  case account(Int64)
  /// One token, by its digest.
  case token(TokenDigest)
  /// One expired token. Each server sees that for itself, without a row in a table.
  case expired(TokenDigest)
  /// The roles or profiles of an account have changed.
  case permissions(Int64)
}
