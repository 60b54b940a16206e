import Bytes
import Glibc
import HTTP
import PluginKit
import Testing

@testable import HubCore

/// A form that is given up while it comes in.
@Suite @MainActor struct UploadReceiverTests {
  private static func folder() throws -> String {
    var path = Array("/tmp/muster-intake-XXXXXX".utf8CString)
    try #require(mkdtemp(&path) != nil)
    return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// One file, whole or not, and what of the form has come.
  private static func events(_ text: String, of parser: inout MultipartParser) throws
    -> [MultipartEvent]
  {
    var input = ByteBuffer()
    input.append(text)
    var events: [MultipartEvent] = []
    while let event = try parser.next(&input) { events.append(event) }
    return events
  }

  private static let beginning =
    "--edge\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\nsome bytes"

  @Test(arguments: ["", "\r\n--edge--\r\n"])
  func `leaves nothing on the disk, whatever the disk was in the middle of`(
    ending: String
  ) async throws {
    let folder = try Self.folder()
    for head in 0...4 {
      var parser = try MultipartParser(boundary: "edge")
      let events = try Self.events(Self.beginning + ending, of: &parser)
      let intake = UploadReceiver(parser: parser, disk: DiskThread(), folder: folder)
      // Some of it has been worked off, the rest is being worked off.
      for event in events.prefix(head) { try intake.add(event) }
      await intake.work()
      for event in events.dropFirst(head) { try intake.add(event) }
      let working = Task { await intake.work() }
      await Task.yield()
      await intake.discard()
      await working.value
    }
    // A folder that is empty can be removed.
    #expect(rmdir(folder) == 0)
  }
}
