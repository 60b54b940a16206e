internal import PluginKit
internal import Storage

/// Rows of a list: courses with their classes, members of classes, or who chose which course.
enum CourseImport {
  struct Line: Sendable {
    let number: Int
    let fields: [String: String]

    func text(_ name: String) throws -> String {
      guard let text = fields[name], !text.isEmpty else { throw wrong("\(name) is missing") }
      guard text.unicodeScalars.count <= 120, !text.utf8.contains(0) else {
        throw wrong("\(name) is too long")
      }
      return text
    }

    func number(_ name: String, _ range: ClosedRange<Int64>) throws -> Int64 {
      guard let number = Int64(try text(name)), range.contains(number) else {
        throw wrong("\(name) is not a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }

    func wrong(_ what: String) -> PluginError { .invalid("line \(number): \(what)") }
  }

  private static let mostLines = 50_000

  /// Lines of fields between commas, named by the first line; quotes as in RFC 4180.
  static func lines(of csv: String) throws -> [Line] {
    var rows = try rows(of: csv)
    guard !rows.isEmpty else { throw PluginError.invalid("the list is empty") }
    let names = rows.removeFirst()
    guard rows.count <= mostLines else {
      throw PluginError.invalid("the list has more than \(mostLines) lines")
    }
    return try rows.enumerated().map { index, row in
      guard row.count == names.count else {
        throw PluginError.invalid("line \(index + 2): \(row.count) fields, not \(names.count)")
      }
      return Line(
        number: index + 2,
        fields: Dictionary(zip(names, row), uniquingKeysWith: { first, _ in first }))
    }
  }

  private static func rows(of csv: String) throws -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var hasJustClosed = false
    func endField() {
      row.append(String(decoding: field, as: UTF8.self))
      field = []
    }
    func endRow() {
      if row.isEmpty && field.isEmpty { return }
      endField()
      rows.append(row)
      row = []
    }
    // Office programs put a byte order mark in front.
    let hasMark = csv.utf8.starts(with: [0xEF, 0xBB, 0xBF])
    for byte in csv.utf8.dropFirst(hasMark ? 3 : 0) {
      switch byte {
      case UInt8(ascii: "\""):
        // Two in a quoted field stand for one.
        if hasJustClosed { field.append(byte) }
        hasJustClosed = isQuoted
        isQuoted.toggle()
        continue
      case UInt8(ascii: ",") where !isQuoted: endField()
      case UInt8(ascii: "\n") where !isQuoted: endRow()
      case UInt8(ascii: "\r") where !isQuoted: break
      default: field.append(byte)
      }
      hasJustClosed = false
    }
    guard !isQuoted else { throw PluginError.invalid("a quoted field does not end") }
    endRow()
    return rows
  }

  /// Makes or changes one course table and all that it names. The same line twice changes nothing.
  ///
  /// Returns the teacher that the table had before.
  static func addCourse(_ line: Line, teacher: Int64, _ tx: Transaction) throws -> Follower? {
    let table = try line.number("course_table_id", 1...0xFFFF_FFFF)
    let department = try named("sign_departments", try line.text("department"), tx) { name in
      try tx.insert(
        "INSERT INTO sign_departments (name, nickname) VALUES (?, ?) RETURNING id", name,
        line.fields["department_short"] ?? name)
    }
    let course = try named("sign_courses", try line.text("course"), tx) { name in
      try tx.insert(
        "INSERT INTO sign_courses (name, pinyin, initials) VALUES (?, ?, ?) RETURNING id", name,
        line.fields["pinyin"] ?? "", line.fields["pinyin_index"] ?? "")
    }
    let year = try line.number("enrol_year", 1900...9999)
    let values: [Value] = [
      .int(course), .int(try line.number("year", 1900...9999)),
      .int(try line.number("term", 0...1)), .int(try line.number("from_week", 1...60)),
      .int(try line.number("end_week", 1...60)), .int(department),
      .int(try line.number("status", 0...2)),
    ]
    let before = try tx.first("SELECT scheduleid, teacherid FROM sign_tables WHERE id = ?", table)
    if let row = before {
      _ = try tx.run(
        """
        UPDATE sign_schedules SET courseid = ?, openyear = ?, openterm = ?, fromweek = ?,
        endweek = ?, deptid = ?, status = ? WHERE id = ?
        """, arguments: values + [.int(try row.int64("scheduleid"))])
      try tx.execute(
        "UPDATE sign_tables SET teacherid = ?, deptid = ?, enrolyear = ? WHERE id = ?", teacher,
        department, year, table)
    } else {
      let made = try tx.run(
        """
        INSERT INTO sign_schedules
        (courseid, openyear, openterm, fromweek, endweek, deptid, status)
        VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id
        """, arguments: values
      ).rows.first
      try tx.execute(
        """
        INSERT INTO sign_tables (id, scheduleid, teacherid, deptid, enrolyear)
        VALUES (?, ?, ?, ?, ?)
        """, table, try made?.int64("id"), teacher, department, year)
    }
    try setClasses(line, of: table, department, year, tx)
    return try before.flatMap { try tx.follower(try $0.int64("teacherid"), of: table) }
  }

  /// Puts a student into a class that a list of courses has named.
  static func setClass(_ line: Line, of student: Int64, _ tx: Transaction) throws {
    let name = try line.text("class")
    guard let row = try tx.first("SELECT id FROM sign_classes WHERE name = ?", name) else {
      throw line.wrong("there is no class \(name)")
    }
    try tx.execute(
      "UPDATE sign_users SET classid = ? WHERE id = ?", try row.int64("id"), student)
  }

  private static func setClasses(
    _ line: Line, of table: Int64, _ department: Int64, _ year: Int64, _ tx: Transaction
  ) throws {
    try tx.execute("DELETE FROM sign_table_classes WHERE tableid = ?", table)
    for name in Set((line.fields["classes"] ?? "").split(separator: ";").map { String($0) }) {
      let id = try named("sign_classes", name, tx) { name in
        try tx.insert(
          "INSERT INTO sign_classes (name, deptid, enrolyear) VALUES (?, ?, ?) RETURNING id", name,
          department, year)
      }
      try tx.execute(
        "INSERT INTO sign_table_classes (tableid, classid) VALUES (?, ?)", table, id)
    }
  }

  /// The row of that name, made where there is none.
  private static func named(
    _ table: String, _ name: String, _ tx: Transaction, _ make: (String) throws -> Int
  ) throws -> Int64 {
    if let row = try tx.first("SELECT id FROM \(table) WHERE name = ?", name) {
      return try row.int64("id")
    }
    return Int64(try make(name))
  }
}
