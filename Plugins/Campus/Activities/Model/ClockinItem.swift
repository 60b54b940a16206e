internal import Bytes
internal import JSON
internal import QRCode
internal import Storage

/// A clock-in item of an activity, confirmed by scanning its QR code.
struct ClockinItem: Sendable, Equatable {
  static let columns = """
    i.id, i.activity_id, i.label, i.from_time, i.to_time, i.current_key, i.current_key_at,
    i.previous_key, i.previous_key_at, i.records
    """

  let id: Int64
  let activity: Int64
  let label: String
  let from: Moment
  let to: Moment
  var keys: ClockinKeys
  /// The number of users who have clocked in.
  let records: Int64

  init(_ row: Row) throws {
    id = try row.int64("id")
    activity = try row.int64("activity_id")
    label = try row.text("label")
    from = Moment(microseconds: try row.int64("from_time"))
    to = Moment(microseconds: try row.int64("to_time"))
    records = try row.int64("records")
    keys = ClockinKeys(
      current: try ClockinItem.key(row, "current_key"),
      previous: try ClockinItem.key(row, "previous_key"))
  }

  private static func key(_ row: Row, _ column: String) throws -> ClockinKeys.Key? {
    guard let text = try row.optionalText(column),
      let createdAt = try row.optionalUnixMilliseconds("\(column)_at")
    else { return nil }
    return ClockinKeys.Key(text: text, createdAt: createdAt)
  }

  func isOpen(at moment: Moment) -> Bool { (from...max(from, to)).contains(moment) }

  /// The item without its secret.
  var json: JSONValue {
    [
      "id": .int(id), "activity": .int(activity), "label": .string(label),
      "from_time": .string(from.text), "to_time": .string(to.text), "records": .int(records),
    ]
  }

  /// The text of the current QR code; nil before the first one.
  var code: String? {
    keys.current.map { QRText(activity: activity, label: label, key: $0.text).encoded }
  }

  /// The object for native clients and screens; nil before the first code.
  ///
  /// `size` and `modules` are an addition: a page can draw them without an encoder of its own.
  ///
  /// - Parameter link: the address in front of the text in the picture; empty for the text alone.
  func qr(behind link: String) -> JSONObject? {
    guard let key = keys.current, let code, let picture = picture(behind: link) else { return nil }
    return [
      "clockin": .int(id), "activity_id": .int(activity), "label": .string(label),
      "payload": .string(code),
      "generated_at": .string(Moment(milliseconds: key.createdAt).text),
      "expires_at": .string(Moment(milliseconds: key.expiresAt).text),
      "period": .int(ClockinKeys.periodMilliseconds / 1000), "size": JSONValue(picture.size),
      "modules": .string(Base64.standard.encode(picture.bits)), "is_link": .bool(!link.isEmpty),
    ]
  }

  /// The picture of the current code; nil before the first one.
  func picture(behind link: String) -> QRCode? {
    code.flatMap { QRCode(Array((link.isEmpty ? $0 : "\(link)#\($0)").utf8)) }
  }
}
