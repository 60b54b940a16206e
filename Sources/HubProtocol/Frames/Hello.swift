internal import JSON
internal import PluginKit

// `hello`: who the client is.
extension ClientCommand {
  package struct Hello: Sendable, Equatable {
    package var token: String?
    package var client: String?
    package var session: String?

    init(token: String? = nil, client: String? = nil, session: String? = nil) {
      self.token = token
      self.client = client
      self.session = session
    }

    /// Reads the `data` of a frame.
    init(reading bytes: Span<UInt8>) throws(BadRequest) {
      var fields = try FieldReader(bytes, limits: Frame.limits)
      while try fields.next() {
        if try fields.isAt("token", 0) {
          token = try fields.string("token", upTo: 4096)
        } else if try fields.isAt("client", 1) {
          client = try fields.string("client", upTo: 128)
        } else if try fields.isAt("session", 2) {
          session = try fields.string("session", upTo: 64)
        } else {
          try fields.skip()
        }
      }
    }
  }
}

extension FrameDescription {
  static let hello = FrameDescription(
    "hello", by: .client, "The first frame: the client names itself.",
    [
      .id,
      .data(
        [
          .init("token", .string, optional: true), .init("client", .string, optional: true),
          .init("session", .string, optional: true, "The session to go on with."),
        ], optional: true),
    ], answer: "welcome")
}
