package import HubProtocol
package import PluginKit

/// Something that a topic's state wants done. `TopicHomes` performs effects in their order.
package enum TopicEffect {
  /// Read the stored history, then call `loaded` or `loadFailed`. A topic that was never stored
  /// takes this epoch.
  case load(epoch: String)
  /// The reading has ended: those who wait for the topic go on.
  case opened
  /// Write events in one transaction, then call `stored` or `storeFailed`.
  case store(StoreBatch)
  /// The writing has ended: those who wait for it go on.
  case storeEnded
  /// Send an event to the workers that have subscribers.
  case deliver(Publication)
  /// Call `sendGathered` after so many milliseconds.
  case gather(after: Int64)
  case reply(PublishRequest, PublishReply.Outcome)
  /// Send a change of presence to the workers that have subscribers.
  case presence(PresenceDiff)
  /// A member has come or gone: tell the store, the owner of the topic and webhooks.
  case member(MembershipChange.Kind, Identity)
  /// A member of before the restart is waited for: tell webhooks.
  case expected(Identity)
  /// A topic without presence has its first subscriber, or has lost its last one: tell webhooks.
  case occupied(Bool)
  /// A user was removed: its connections have to go.
  case remove(user: String, [ConnectionID]?)
}
