internal import JSON
internal import PluginKit

/// The one shape of all answers; all five members are always there.
struct Envelope: Sendable {
  var isGood: Bool
  var message: String?
  var recordTime: String?
  var data = JSONValue.null
  var code: Code?

  enum Code: Int, Sendable {
    case checkInRefused = 20010
    case checkedIn = 20011
    case checkOutRefused = 20020
    case checkedOut = 20021
    case notSaved = 20030
    case saved = 20031
    case notReported = 20040
    case reported = 20041
    case alreadyPresent = 20050
    case found = 20051
    case notPresent = 20060
    /// Unknown at check-in; 20080 is the same at check-out.
    case unknownAtCheckIn = 20070
    case unknownAtCheckOut = 20080
    case notFound = 20090
  }

  static func good(
    _ message: String? = nil, _ data: JSONValue = .null, code: Code? = nil,
    recordTime: String? = nil
  ) -> Envelope {
    Envelope(isGood: true, message: message, recordTime: recordTime, data: data, code: code)
  }

  static func bad(_ message: String?, _ data: JSONValue = .null, code: Code? = nil) -> Envelope {
    Envelope(isGood: false, message: message, data: data, code: code)
  }

  var bytes: [UInt8] {
    JSONWriter.bytes(capacity: 512) { writer in
      writer.object { writer in
        writer.member("flag", isGood)
        writer.member("msg", JSONValue(message))
        writer.member("recordtime", JSONValue(recordTime))
        writer.member("data", data)
        writer.member("code", JSONValue(code?.rawValue))
      }
    }
  }

  func response(status: Int = 200) -> Response { Envelope.response(bytes, status: status) }

  /// Answers must not be cached: most of these calls have an effect.
  static func response(_ bytes: [UInt8], status: Int = 200) -> Response {
    Response(
      status: status, contentType: "application/json; charset=utf-8",
      headers: [("Cache-Control", "no-store")], body: .bytes(bytes))
  }
}
