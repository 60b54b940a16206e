internal import Loop
public import PluginKit
internal import Primitives

/// Writes tables as `.xlsx` files, on a thread of its own.
public final class WorkbookWriter: SpreadsheetService {
  /// Excel's own limits are 1,048,576 rows and 16,384 columns; this one bounds the memory.
  static let mostCells = 2_000_000
  /// Workbooks that may wait for their turn.
  private static let waiting = 16

  private let desk: Desk
  private let load = Locked(0)
  private let isStopped = Locked(false)

  /// - Parameter folder: where drafts lie until their workbook is complete.
  public init(temporaryFolder folder: String) { desk = Desk(folder: folder) }

  public func workbook(_ sheet: Sheet) async throws -> [UInt8] {
    let cells = sheet.rows.reduce(0) { $0 + $1.count }
    guard cells <= WorkbookWriter.mostCells else {
      throw PluginError(.tooLarge, "more than \(WorkbookWriter.mostCells) cells")
    }
    let isStopped = isStopped.withLock { $0 }
    let hasPlace = load.withLock { load in
      guard !isStopped, load < WorkbookWriter.waiting else { return false }
      load += 1
      return true
    }
    guard hasPlace else {
      throw PluginError(.unavailable, "too many workbooks at once", retryAfterSeconds: 5)
    }
    defer { load.withLock { $0 -= 1 } }
    return try await desk.write(sheet)
  }

  /// Ends the thread after the work it has, and waits for that.
  public func stop() {
    isStopped.withLock { $0 = true }
    desk.stop()
  }

  private actor Desk {
    private let thread = BlockingThread(name: "workbooks")
    private let folder: String

    nonisolated var unownedExecutor: UnownedSerialExecutor {
      unsafe thread.asUnownedSerialExecutor()
    }

    init(folder: String) { self.folder = folder }

    func write(_ sheet: Sheet) throws -> [UInt8] {
      var draft = try Workbook(temporaryFolder: folder, sheet: SheetName.usable(sheet.name))
      for (index, row) in sheet.rows.enumerated() { try draft.add(row, isHeading: index == 0) }
      return try draft.finish()
    }

    nonisolated func stop() {
      thread.stop()
      thread.join()
    }
  }
}

/// The names that a sheet may have.
enum SheetName {
  /// At most 31 characters, none of `[]:*?/\`, not empty, no apostrophe at the ends.
  static func usable(_ name: String) -> String {
    var scalars = name.unicodeScalars.map { scalar -> Unicode.Scalar in
      scalar.value < 32 || "[]:*?/\\".unicodeScalars.contains(scalar) ? "_" : scalar
    }
    // Counted as Excel does: in units of UTF-16.
    while scalars.reduce(0, { $0 + UTF16.width($1) }) > 31 { scalars.removeLast() }
    if scalars.first == "'" { scalars[0] = "_" }
    if scalars.last == "'" { scalars[scalars.count - 1] = "_" }
    return scalars.isEmpty ? "Sheet1" : String(String.UnicodeScalarView(scalars))
  }
}
