package import Storage

/// The tables of the hub itself.
package enum HubTables {
  package static let owner = "hub_history"
  package static let migrations = [
    Migration(
      1,
      """
      CREATE TABLE hub_topics (
        name TEXT PRIMARY KEY, epoch TEXT NOT NULL, last_offset BIGINT NOT NULL);
      CREATE TABLE hub_events (
        topic TEXT NOT NULL, position BIGINT NOT NULL, at BIGINT NOT NULL, author TEXT,
        message_id TEXT, data {blob} NOT NULL, PRIMARY KEY (topic, position));
      CREATE TABLE hub_members (
        topic TEXT NOT NULL, account BIGINT NOT NULL, session TEXT, until BIGINT NOT NULL)
      """),
    Migration(
      2,
      """
      DROP TABLE hub_members;
      CREATE TABLE hub_members (
        topic {text} NOT NULL, member {text} NOT NULL, account BIGINT, name TEXT NOT NULL,
        avatar TEXT NOT NULL, since BIGINT NOT NULL, PRIMARY KEY (topic, member));
      CREATE TABLE hub_signs_of_life (node {text} PRIMARY KEY, at BIGINT NOT NULL)
      """),
    Migration(
      3,
      """
      CREATE TABLE hub_webhook_states (
        subject {text} PRIMARY KEY, name TEXT NOT NULL, avatar TEXT NOT NULL);
      CREATE TABLE hub_webhooks (
        id {id}, subject {text} NOT NULL, delivery TEXT NOT NULL, kind TEXT NOT NULL,
        body {blob} NOT NULL, created_at BIGINT NOT NULL, due_at BIGINT NOT NULL,
        failures BIGINT NOT NULL);
      CREATE INDEX hub_webhooks_order ON hub_webhooks (subject, id);
      CREATE INDEX hub_webhooks_due ON hub_webhooks (due_at)
      """),
    Migration(
      4,
      """
      ALTER TABLE hub_signs_of_life ADD COLUMN reconnect_window BIGINT NOT NULL DEFAULT 0
      """),
  ]
}
