internal import Bytes
internal import JSON
package import PluginKit
internal import Synchronization
internal import WebSocket

/// One event of a topic with everything that any number of subscribers needs to be sent it.
///
/// It is encoded when it is made. Other forms, compressed or in the words of a dialect, are made
/// when the first subscriber needs them and shared by all workers from then on.
package final class Publication: Sendable {
  package let topic: TopicName
  /// 0 for an event that is for one user alone and has no place in the history; clients are not
  /// told one then, or they would take it for a position.
  package let offset: UInt64
  /// Unix milliseconds.
  package let ts: Int64
  /// The user who caused it; a dialect may leave that user out.
  package let author: String?
  /// Carries a token or a code: goes out uncompressed and stays out of logs.
  package let isSecret: Bool
  /// The event as a whole WebSocket frame, for all version-2 clients without compression.
  package let frame: [UInt8]
  private let headerLength: Int
  private let dataStart: Int
  private let forms = AtomicLazyReference<Form>()

  /// `data` is one well-formed JSON object and is sent as it is.
  package init(
    topic: TopicName, offset: UInt64, ts: Int64, data: Span<UInt8>, author: String? = nil,
    isSecret: Bool = false
  ) {
    self.topic = topic
    self.offset = offset
    self.ts = ts
    self.author = author
    self.isSecret = isSecret
    var json = ByteBuffer(capacity: data.count + topic.description.utf8.count + 96)
    ServerFrame.event(
      topic: topic, offset: offset == 0 ? nil : offset, ts: ts, data: data, into: &json)
    frame = FrameEncoder.frame(.text, json.bytes)
    headerLength = frame.count - json.count
    dataStart = frame.count - 1 - data.count
  }

  /// The event frame as JSON, without the WebSocket header.
  package var json: ArraySlice<UInt8> { frame[headerLength...] }

  /// The payload alone, as it is stored.
  package var data: ArraySlice<UInt8> { frame[dataStart..<frame.count - 1] }

  /// The event as a dialect's codec wants it. Reads the payload again: call it once per dialect.
  package var event: Event {
    var fields = (try? JSONValue(parsing: Array(data)))?.object ?? [:]
    let name = fields["event"]?.string ?? ""
    fields["event"] = nil
    var event = Event(name, fields, author: author)
    event.isSecret = isSecret
    return event
  }
}

extension Publication {
  /// A form of the event that somebody is sent.
  package struct Variant: Hashable, Sendable {
    /// The dialect's place in the frozen table; the hub's own protocol is `nil`.
    package let dialect: UInt8?
    package let isCompressed: Bool
  }

  /// The bytes for one variant.
  package struct Shape: Sendable {
    /// A whole frame; empty if its clients do not see the event.
    package let frame: [UInt8]
    package var skipsAuthor = false
  }

  /// The shape that the clients of one variant are sent.
  ///
  /// `make` runs for the first subscriber. Two workers that come at the same moment may both run
  /// it, and one result is kept: that is cheaper than a lock that everybody else would pay for.
  package func form(_ variant: Variant, make: () -> Shape) -> Shape {
    var place = forms.load()
    var last: Form?
    while let form = place {
      if form.variant == variant { return form.shape }
      last = form
      place = form.next.load()
    }
    return append(Form(variant, make()), behind: last)
  }

  private func append(_ fresh: Form, behind last: Form?) -> Shape {
    var kept = last.map { $0.next.storeIfNil(fresh) } ?? forms.storeIfNil(fresh)
    while kept !== fresh {
      if kept.variant == fresh.variant { return kept.shape }
      kept = kept.next.storeIfNil(fresh)
    }
    return fresh.shape
  }

  /// A link in the list of forms, which only grows; it has a few members at most.
  private final class Form: Sendable {
    let variant: Variant
    let shape: Shape
    let next = AtomicLazyReference<Form>()

    init(_ variant: Variant, _ shape: Shape) {
      self.variant = variant
      self.shape = shape
    }
  }
}
