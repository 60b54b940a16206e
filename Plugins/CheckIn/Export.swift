internal import PluginKit

/// The table of the week, kept in the database because the folder of the data is not ours to fill.
struct Export: Sendable {
  static let contentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

  let roll: Roll
  let spreadsheets: any SpreadsheetService
  let post: Post

  /// Makes the table of that day and returns its file name.
  @discardableResult
  func make(at moment: Int64) async throws -> String {
    let date = roll.zone.time(at: moment * 1000).date
    let heading: [Sheet.Cell] = [.text("名字"), .text("学号"), .text("本周打卡时间")]
    let rows: [[Sheet.Cell]] = try await roll.everybody().map { person in
      [.text(person.name), .text(person.number), .number(person.week.number)]
    }
    let bytes = try await spreadsheets.workbook(Sheet(name: date, rows: [heading] + rows))
    try await roll.keepExport(date, bytes, at: moment)
    return "\(date).xlsx"
  }

  /// What the weekly job does: makes the table and sends it to whoever is configured.
  func makeAndSend(at moment: Int64) async throws {
    let name = try await make(at: moment)
    guard let bytes = try await file(name) else { return }
    await post.sendExport(name, bytes)
  }

  /// The file of that name, `2022-09-18.xlsx`.
  func file(_ name: String) async throws -> [UInt8]? {
    guard name.hasSuffix(".xlsx") else { return nil }
    return try await roll.export(String(name.dropLast(5)))
  }
}
