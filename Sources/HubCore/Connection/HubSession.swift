internal import PluginKit

/// A version-2 client's side of the hub.
final class HubSession {
  var identity: Identity?
}
