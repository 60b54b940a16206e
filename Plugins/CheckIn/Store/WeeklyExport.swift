internal import PluginKit

/// The table of the week as a spreadsheet, kept in the database so that every backup has it.
struct WeeklyExport: Sendable {
  static let contentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

  let store: AttendanceStore
  let spreadsheets: any SpreadsheetService
  let notifications: Notifications

  /// Makes the table of that day and returns its file name.
  @discardableResult
  func make(at moment: Int64) async throws -> String {
    let date = store.zone.time(at: moment * 1000).date
    let heading: [Sheet.Cell] = [.text("名字"), .text("学号"), .text("本周打卡时间")]
    let rows: [[Sheet.Cell]] = try await store.everyone().map { person in
      [.text(person.name), .text(person.number), .number(person.week.number)]
    }
    let bytes = try await spreadsheets.workbook(Sheet(name: date, rows: [heading] + rows))
    try await store.keepExport(date, bytes, at: moment)
    return "\(date).xlsx"
  }

  /// Makes the table and mails it to the configured address, as the weekly job does.
  func makeAndSend(at moment: Int64) async throws {
    let name = try await make(at: moment)
    guard let bytes = try await file(name) else { return }
    await notifications.sendExport(name, bytes)
  }

  /// The file of that name, `2022-09-18.xlsx`.
  func file(_ name: String) async throws -> [UInt8]? {
    guard name.hasSuffix(".xlsx") else { return nil }
    return try await store.export(String(name.dropLast(5)))
  }
}
