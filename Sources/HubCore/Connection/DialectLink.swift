internal import PluginKit

/// A dialect's client.
final class DialectLink {
  let dialect: Int
  init(dialect: Int) { self.dialect = dialect }
}
