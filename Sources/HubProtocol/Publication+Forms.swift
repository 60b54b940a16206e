internal import Bytes
package import Deflate
package import PluginKit
package import WebSocket

extension Publication {
  /// The event in the words of a dialect, made when its first subscriber is sent it; nil if its
  /// clients do not see the event.
  package func form(ofDialect index: Int, make: () -> DialectFrame?) -> Shape? {
    let shape = form(Variant(dialect: UInt8(index), isCompressed: false)) {
      guard let made = make() else { return Shape(frame: []) }
      return Shape(
        frame: FrameEncoder.frame(.text, made.text.span), skipsAuthor: made.skipsAuthor)
    }
    return shape.frame.isEmpty ? nil : shape
  }

  /// The event's topic, as plugins name it.
  package var topicForPlugins: Topic { Topic(topic.description) }

  /// The frame with its payload deflated, as long as the client's window allows that; otherwise,
  /// and where compressing saves too little, the plain one.
  package func compressedFrame(
    within compression: Compression, make: () -> [UInt8]
  ) -> [UInt8] {
    guard compression.allowsShared(length: frame.count) else { return frame }
    return form(Variant(dialect: nil, isCompressed: true)) { Shape(frame: make()) }.frame
  }
}

extension Deflater {
  /// A publication's compressed frame, or its plain one if that is hardly longer.
  package mutating func frame(of publication: Publication) -> [UInt8] {
    var packed = ByteBuffer(capacity: publication.frame.count)
    guard compressIfWorth(publication.json.span, into: &packed) else { return publication.frame }
    return FrameEncoder.frame(.text, packed.bytes, isCompressed: true)
  }
}
