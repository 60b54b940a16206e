public import Storage

extension StoredAccounts {
  /// The owner of the tables' versions.
  public static let owner = "accounts"

  public static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE accounts (
        id {id}, login {text} NOT NULL UNIQUE, name TEXT NOT NULL, avatar TEXT NOT NULL,
        email TEXT, email_key {text} UNIQUE, password TEXT, roles BIGINT NOT NULL,
        is_active BIGINT NOT NULL, created_at BIGINT NOT NULL);
      CREATE TABLE account_profiles (
        account BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        kind {text} NOT NULL, value {text} NOT NULL,
        PRIMARY KEY (account, kind), UNIQUE (kind, value));
      CREATE INDEX account_profiles_value ON account_profiles (value);
      CREATE TABLE account_tokens (
        digest {blob} NOT NULL PRIMARY KEY,
        account BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        purpose {text} NOT NULL, issued_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
        sliding_seconds BIGINT);
      CREATE INDEX account_tokens_account ON account_tokens (account, purpose, expires_at);
      CREATE INDEX account_tokens_expiry ON account_tokens (expires_at);
      CREATE TABLE account_revocations (
        id {id}, kind {text} NOT NULL, account BIGINT, digest {blob}, at BIGINT NOT NULL);
      CREATE INDEX account_revocations_at ON account_revocations (at);
      CREATE TABLE account_keys (
        id {id}, name TEXT NOT NULL, digest {blob} NOT NULL UNIQUE, scopes TEXT NOT NULL,
        created_at BIGINT NOT NULL, expires_at BIGINT, used_at BIGINT);
      """),
    // Only registrations gave an account this avatar and none of the rights of the staff.
    Migration(
      2,
      """
      ALTER TABLE accounts ADD COLUMN is_self_made BIGINT NOT NULL DEFAULT 0;
      UPDATE accounts SET is_self_made = 1 WHERE roles = 1 AND avatar = 'default' AND id NOT IN (
        SELECT account FROM account_profiles WHERE kind = 'student_number');
      """),
    // `name_form` is null until the identifiers of an account are in the table.
    Migration(
      3,
      """
      CREATE TABLE account_identifiers (
        form {text} NOT NULL PRIMARY KEY,
        account BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE);
      CREATE INDEX account_identifiers_account ON account_identifiers (account);
      ALTER TABLE accounts ADD COLUMN name_form {text};
      CREATE INDEX accounts_name_form ON accounts (name_form);
      """),
    // Null until the password was compared with the public one.
    Migration(4, "ALTER TABLE accounts ADD COLUMN has_public_password BIGINT"),
    // Registrations of the chat came with a telephone number, those of sign tasks with the address
    // as the login. Imported accounts that only look alike are not touched.
    Migration(
      5,
      """
      ALTER TABLE accounts ADD COLUMN credential_version BIGINT NOT NULL DEFAULT 0;
      UPDATE accounts SET is_self_made = 0 WHERE is_self_made = 1 AND avatar = 'default'
        AND id NOT IN (SELECT account FROM account_profiles WHERE kind = 'telephone');
      UPDATE accounts SET is_self_made = 1 WHERE roles = 1 AND avatar = '' AND login = email
        AND id NOT IN (SELECT account FROM account_profiles WHERE kind = 'student_number');
      """),
  ]

  /// Creates the tables, or brings them up to date.
  public func migrate() async throws {
    try await store.migrate(StoredAccounts.owner, StoredAccounts.migrations)
    try await reserveExisting()
  }
}
