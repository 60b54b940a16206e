import PluginKit
import Testing

@testable import Outbound

@Suite struct ParcelTests {
  @Test func `what is kept comes back as it was`() {
    let parcels: [Parcel] = [
      .mail(
        Mail(
          to: "a@b", subject: "中\"\n", text: "",
          attachments: [.init(name: "x", contentType: "y/z", bytes: [0, 255])])),
      .web(
        WebCall("POST", "https://x/?a=b", headers: [("A", "b"), ("A", "")], body: [0, 1, 255])),
    ]
    for parcel in parcels { #expect(Parcel(kind: parcel.kind, parcel.encoded) == parcel) }
  }

  @Test func `a parcel of more than a mebibyte comes back, too`() {
    let half = 1 << 19
    let mail = Parcel.mail(
      Mail(
        to: "a@b", subject: "x", text: String(repeating: "\u{1}", count: half),
        attachments: [
          .init(name: "x", contentType: "y/z", bytes: [UInt8](repeating: 7, count: half))
        ]))
    #expect(Parcel(kind: mail.kind, mail.encoded) == mail)
  }

  @Test(arguments: ["", "{}", "[]", "{\"to\":1}", "nonsense"])
  func `what cannot be read is nothing`(text: String) {
    #expect(Parcel(kind: "mail", Array(text.utf8)) == nil)
    #expect(Parcel(kind: "web", Array(text.utf8)) == nil)
    #expect(Parcel(kind: "fax", Array(text.utf8)) == nil)
  }

  @Test func `the log does not see a query, which may hold secrets`() {
    #expect(Parcel.web(WebCall("GET", "https://x/y?key=1")).destination == "https://x/y")
    #expect(WebCall("GET", "https://me:secret@x:8/y@z#a").destination == "https://x:8/y@z")
  }
}
