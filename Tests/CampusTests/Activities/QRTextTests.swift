import Bytes
import JSON
import Testing

@testable import Campus

@Suite struct `The text of a QR code` {
  private static let document =
    "eyJhY3Rpdml0eV9pZCI6IDMsICJsYWJlbCI6ICJcdTdiN2VcdTUyMzAiLCAiZ2VuZXJhdGVkX2tleSI6ICI3YzllNjY3"
    + "OS03NDI1LTQwZGUtOTQ0Yi1lMDdmYzFmOTBhZTcifQ=="
  private static let example = QRText(
    activity: 3, label: "签到", key: "7c9e6679-7425-40de-944b-e07fc1f90ae7")

  private func text(_ json: String) -> QRText? {
    QRText(Base64.standard.encode(Array(json.utf8)))
  }

  @Test func `is the original's, byte for byte`() {
    #expect(Self.example.encoded == Self.document)
  }

  @Test(arguments: [
    document, "  \(document)\r\n", document.replacing("=", with: ""),
  ])
  func `is read as scanners give it`(text: String) {
    #expect(QRText(text) == Self.example)
  }

  @Test func `is read when a form or a link has changed its digits`() {
    let text = QRText(activity: 1, label: "~~>>?", key: "k")
    let json = #"{"label":"~~>>??>~","generated_key":"k","activity_id":1}"#
    let standard = Base64.standard.encode(Array(json.utf8))
    #expect(standard.contains("+") && standard.contains("/"))
    #expect(QRText(standard)?.label == "~~>>??>~")
    #expect(QRText(standard.replacing("+", with: " "))?.label == "~~>>??>~")
    #expect(QRText(standard.replacing("+", with: "-").replacing("/", with: "_"))?.key == text.key)
  }

  @Test func `is read in any JSON spelling`() {
    #expect(
      text(
        """
        {"generated_key":"7c9e6679-7425-40de-944b-e07fc1f90ae7", "sig" : [1],
        "label":"签到","activity_id":3}
        """) == Self.example)
  }

  @Test(arguments: [
    "", "[]", "{}", "null", #"{"activity_id":3,"label":"a"}"#,
    #"{"activity_id":"3","label":"a","generated_key":"k"}"#,
    #"{"activity_id":3,"label":1,"generated_key":"k"}"#,
    #"{"activity_id":3.5,"label":"a","generated_key":"k"}"#,
    #"{"activity_id":99999999999999999999,"label":"a","generated_key":"k"}"#,
    #"{"activity_id":3,"label":"a","generated_key":null}"#,
  ])
  func `is refused when a part is missing`(json: String) {
    #expect(text(json) == nil)
  }

  @Test(arguments: ["!", "===", "签到", "eyJ", String(repeating: "A", count: 5000)])
  func `is refused when it is no Base64`(text: String) {
    #expect(QRText(text) == nil)
  }
}
