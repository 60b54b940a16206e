internal import HubProtocol
internal import PluginKit
internal import WebSocket

/// One connection in one topic.
final class Subscription {
  let topic: LocalTopic
  let connection: Connection
  let who: Identity
  let wantsPresence: Bool
  /// Events that were gathered may come in one frame.
  let takesBatches: Bool
  /// The dialect that writes events for this subscriber, if it speaks an older protocol.
  let dialect: DialectWriter?
  let compression: Compression?
  /// Events up to here have been given already.
  var since: UInt64 = 0
  var presenceSince: UInt64 = 0
  /// The newest change of presence that was shown to the newcomer.
  var presenceChange: UInt64 = 0
  /// Events that came while the newcomer was still being let in; nil once events flow.
  var pendingEvents: [Publication]? = []
  static let mostPending = 1_000
  var pendingUpdates: [PresenceUpdate] = []
  var place = 0
  /// Is it in its topic's list? Not any more once it was taken out, even if it was still on its
  /// way in.
  var isIn = true
  /// Does this worker know that the topic's owner has let it in?
  var hasArrived = false
  /// Has the owner said yes to publishing? Asked the first time.
  var mayPublish = false

  init(
    _ topic: LocalTopic, _ connection: Connection, as who: Identity,
    _ wish: ClientCommand.SubscribeOptions, _ form: SubscriberForm
  ) {
    self.topic = topic
    self.connection = connection
    self.who = who
    wantsPresence = wish.wantsPresence
    takesBatches = wish.takesBatches
    dialect = form.dialect
    compression = form.compression
  }
}

/// The form in which a connection is sent events. It is settled before the first subscription, and
/// looked at for every event.
struct SubscriberForm {
  let dialect: DialectWriter?
  let compression: Compression?
}

/// A dialect by which events are written for a subscriber.
final class DialectWriter {
  /// Its place in the table of dialects.
  let index: Int
  let dialect: any Dialect

  init(index: Int, dialect: any Dialect) {
    self.index = index
    self.dialect = dialect
  }
}
