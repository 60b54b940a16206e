/// Something that live connections must be closed for.
public enum Revocation: Sendable, Hashable {
  /// All of an account: its password was set, it was disabled, or somebody asked for it.
  case account(Int64)
  /// One token, by its digest.
  case token(TokenDigest)
  /// One token whose time is over. Each server sees that for itself; it is in no table.
  case expired(TokenDigest)
  /// The roles or profiles of an account have changed.
  case permissions(Int64)
}
