import Glibc
import PluginKit
import Testing

@testable import Spreadsheet

@Suite struct WorkbookWriterTests {
  private static func folder() -> String {
    let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(temporary)/muster-XXXXXX".utf8CString)
    return template.withUnsafeMutableBufferPointer { room in
      mkdtemp(room.baseAddress!)
      return String(cString: room.baseAddress!)
    }
  }

  private func write(_ sheet: Sheet) async throws -> [UInt8] {
    let writer = WorkbookWriter(temporaryFolder: WorkbookWriterTests.folder())
    defer { writer.stop() }
    return try await writer.workbook(sheet)
  }

  /// The unpacked text of one file in the archive.
  private func part(_ name: String, of workbook: [UInt8]) throws -> String {
    let path = WorkbookWriterTests.folder() + "/book.xlsx"
    let file = try #require(fopen(path, "w"))
    fwrite(workbook, 1, workbook.count, file)
    fclose(file)
    let pipe = try #require(
      popen(
        "python3 -c 'import zipfile;print(zipfile.ZipFile(\"\(path)\").read(\"\(name)\").decode())'",
        "r"))
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `a table becomes a workbook that can be unpacked again`() async throws {
    let sheet = Sheet(
      name: "周报",
      rows: [[.text("姓名"), .text("小时")], [.text("陶然 & <co>"), .number(56.97)], [.empty]])
    let workbook = try await write(sheet)
    #expect(workbook.starts(with: Array("PK".utf8)))
    let texts = try part("xl/sharedStrings.xml", of: workbook)
    #expect(texts.contains("姓名") && texts.contains("陶然 &amp; &lt;co&gt;"))
    #expect(try part("xl/worksheets/sheet1.xml", of: workbook).contains("<v>56.97"))
    #expect(try part("xl/workbook.xml", of: workbook).contains("name=\"周报\""))
  }

  @Test func `nothing is left in the folder`() async throws {
    let folder = WorkbookWriterTests.folder()
    let writer = WorkbookWriter(temporaryFolder: folder)
    _ = try await writer.workbook(Sheet(name: "x", rows: [[.text("x")]]))
    writer.stop()
    // A folder that is not empty cannot be removed.
    #expect(rmdir(folder) == 0)
  }

  @Test func `what begins like a formula is text`() async throws {
    let workbook = try await write(Sheet(name: "x", rows: [[.text("=1+1")]]))
    #expect(try part("xl/sharedStrings.xml", of: workbook).contains("=1+1"))
    #expect(!(try part("xl/worksheets/sheet1.xml", of: workbook).contains("<f>")))
  }

  @Test func `odd values, long texts and empty tables do no harm`() async throws {
    let long = String(repeating: "长", count: 40_000)
    let odd: [Sheet.Cell] = [
      .number(.nan), .number(.infinity), .text("a\0b"), .text(long), .text("\u{1}"), .text(""),
    ]
    #expect(try await write(Sheet(name: "", rows: [odd])).count > 100)
    #expect(try await write(Sheet(name: "x", rows: [])).count > 100)
  }

  @Test func `what is too large or too wide is refused`() async {
    let wide = Sheet(name: "x", rows: [.init(repeating: .text("x"), count: 16_385)])
    await #expect(throws: PluginError.self) { try await write(wide) }
    let row = [Sheet.Cell](repeating: .empty, count: 1000)
    let large = Sheet(name: "x", rows: .init(repeating: row, count: 2001))
    await #expect(throws: PluginError.self) { try await write(large) }
  }

  @Test func `once stopped it refuses instead of letting somebody wait for ever`() async {
    let writer = WorkbookWriter(temporaryFolder: WorkbookWriterTests.folder())
    writer.stop()
    await #expect(throws: PluginError.self) {
      try await writer.workbook(Sheet(name: "x", rows: []))
    }
  }

  @Test func `a folder that is not there is an error`() async {
    let writer = WorkbookWriter(temporaryFolder: "/no/such/folder")
    await #expect(throws: PluginError.self) {
      try await writer.workbook(Sheet(name: "x", rows: [[.text("x")]]))
    }
    writer.stop()
  }

  @Test(arguments: [
    ("", "Sheet1"), ("a/b[c]:*?\\d", "a_b_c_____d"), ("'x'", "_x_"),
    (String(repeating: "中", count: 40), String(repeating: "中", count: 31)),
    (String(repeating: "😀", count: 20), String(repeating: "😀", count: 15)),
  ])
  func `sheets get names that Excel takes`(name: String, usable: String) {
    #expect(SheetName.usable(name) == usable)
  }
}
