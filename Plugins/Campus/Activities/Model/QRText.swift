internal import Bytes
internal import JSON

/// The content of a clock-in QR code: Base64 of a JSON object that names the item and its key.
struct QRText: Sendable, Equatable {
  private static let longest = 4096

  let activity: Int64
  let label: String
  let key: String

  init(activity: Int64, label: String, key: String) {
    self.activity = activity
    self.label = label
    self.key = key
  }

  var encoded: String {
    let json: JSONValue = [
      "activity_id": .int(activity), "label": .string(label), "generated_key": .string(key),
    ]
    return Base64.standard.encode(Array(PythonJSON.text(json, escapesNonASCII: true).utf8))
  }

  /// Reads any JSON spelling, also behind the link of a picture; nil if a part is missing.
  init?(_ text: String) {
    guard text.utf8.count <= QRText.longest,
      let last = text.split(separator: "#", omittingEmptySubsequences: false).last,
      let bytes = Base64.unpadded.decode(QRText.digits(String(last))),
      let json = try? JSONValue(parsing: bytes, limits: JSONLimits(lastDuplicateWins: true)),
      let activity = json["activity_id"]?.int, let label = json["label"]?.string,
      let key = json["generated_key"]?.string
    else { return nil }
    self.init(activity: Int64(activity), label: label, key: key)
  }

  /// Forms turn a plus sign into a blank, links use two other digits, and scanners add line ends.
  private static func digits(_ text: String) -> String {
    let blanks: Set<Unicode.Scalar> = [" ", "\t", "\r", "\n"]
    var scalars = text.unicodeScalars.drop { blanks.contains($0) }
    while let last = scalars.last, blanks.contains(last) || last == "=" { scalars.removeLast() }
    var digits = String.UnicodeScalarView()
    for scalar in scalars {
      switch scalar {
      case " ", "-": digits.append("+")
      case "_": digits.append("/")
      default: digits.append(scalar)
      }
    }
    return String(digits)
  }
}
