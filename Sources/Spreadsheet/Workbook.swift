internal import CXLSXWriter
internal import Glibc
internal import PluginKit

/// A workbook with one sheet that is being written.
@safe struct Workbook: ~Copyable {
  private static let widest = 60
  private static let longestText = 32_767

  private let book: UnsafeMutablePointer<lxw_workbook>
  private let sheet: UnsafeMutablePointer<lxw_worksheet>
  private let bold: UnsafeMutablePointer<lxw_format>?
  private let path: String
  private var isOpen = true
  private var next: UInt32 = 0
  private var widths: [Int] = []

  /// - Parameter folder: where the file and what it is made of lie until it is complete.
  init(temporaryFolder folder: String, sheet name: String) throws {
    path = try Workbook.makeFile(in: folder)
    var options = unsafe lxw_workbook_options()
    let path = path
    let book = unsafe folder.withCString { folder in
      // The library keeps a copy of the folder's name.
      unsafe options.tmpdir = UnsafeMutablePointer(mutating: folder)
      return unsafe workbook_new_opt(path, &options)
    }
    guard let book = unsafe book, let sheet = unsafe workbook_add_worksheet(book, name) else {
      preconditionFailure("no memory for a workbook, or a name that was not checked")
    }
    unsafe self.book = book
    unsafe self.sheet = sheet
    unsafe bold = workbook_add_format(book)
    unsafe format_set_bold(bold)
    unsafe worksheet_freeze_panes(sheet, 1, 0)
  }

  deinit {
    // Closing is the only way to free a workbook; what it writes is not wanted.
    if isOpen { _ = unsafe workbook_close(book) }
    unsafe unlink(path)
  }

  /// An empty file that nobody else can read, under a name that nobody else has.
  private static func makeFile(in folder: String) throws -> String {
    var template = Array("\(folder)/workbook-XXXXXX".utf8CString)
    let file = unsafe mkstemp(&template)
    guard file >= 0 else { throw failure("a file could not be made") }
    close(file)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func failure(_ reason: String) -> PluginError {
    PluginError(.failure, "the workbook could not be written: \(reason)")
  }

  mutating func add(_ row: [Sheet.Cell], isHeading: Bool) throws {
    let format = unsafe isHeading ? bold : nil
    for (column, cell) in row.enumerated() {
      guard let column = UInt16(exactly: column) else { throw PluginError(.tooLarge, "too wide") }
      unsafe try add(cell, column, format)
    }
    next += 1
  }

  private mutating func add(
    _ cell: Sheet.Cell, _ column: UInt16, _ format: UnsafeMutablePointer<lxw_format>?
  ) throws {
    let error: lxw_error
    switch cell {
    case .empty: return
    case .number(let number) where number.isFinite:
      unsafe error = worksheet_write_number(sheet, next, column, number, format)
      widen(column, to: String(number).utf8.count)
    case .number: return
    case .text(let text):
      let text = Workbook.storable(text)
      unsafe error = worksheet_write_string(sheet, next, column, text, format)
      widen(column, to: Workbook.width(of: text))
    }
    guard error == LXW_NO_ERROR else { throw PluginError(.tooLarge, "does not fit a workbook") }
  }

  /// A cell's text ends at a zero byte and has its limit.
  private static func storable(_ text: String) -> String {
    let clean = text.utf8.contains(0) ? String(text.filter { $0 != "\0" }) : text
    return clean.utf16.count <= longestText ? clean : String(clean.prefix(longestText / 2))
  }

  private mutating func widen(_ column: UInt16, to width: Int) {
    while widths.count <= Int(column) { widths.append(8) }
    widths[Int(column)] = min(max(widths[Int(column)], width + 2), Workbook.widest)
  }

  /// In columns of a terminal: what is not Latin is about twice as wide.
  private static func width(of text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 1 : 2) }
  }

  /// The bytes of the file.
  consuming func finish() throws -> [UInt8] {
    for (column, width) in widths.enumerated() {
      let column = UInt16(column)
      unsafe worksheet_set_column(sheet, column, column, Double(width), nil)
    }
    isOpen = false
    let error = unsafe workbook_close(book)
    guard error == LXW_NO_ERROR else {
      throw Workbook.failure(unsafe String(cString: lxw_strerror(error)))
    }
    return try Workbook.read(path)
  }

  private static func read(_ path: String) throws -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure("it cannot be read") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var portion = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe portion.withUnsafeMutableBytes {
        unsafe Glibc.read(file, $0.baseAddress, $0.count)
      }
      guard count >= 0 else { throw failure("it cannot be read") }
      if count == 0 { return bytes }
      bytes += portion[..<count]
    }
  }
}
