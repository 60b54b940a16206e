import JSON
import MusterTesting
import PluginKit
import SignTasks
import Storage
import Testing

/// The document's requests on the example data give the document's answers, byte for byte.
///
/// New ids, and moments that depend on when the data were made, are put into the example first.
@Suite struct `An example of the document` {
  private func value(_ example: String, _ changes: KeyValuePairs<String, String>) throws
    -> JSONValue
  {
    var text = example
    for (printed, now) in changes { text = text.replacing(printed, with: now) }
    // The document has remarks beside its JSON.
    let lines = text.split(separator: "\n").map { line in
      String(line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line)
    }
    return try JSONValue(parsing: Array(lines.joined(separator: "\n").utf8))
  }

  private func expect(
    _ answer: BenchAnswer, _ example: String, _ changes: KeyValuePairs<String, String> = [:],
    at location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(answer.status == 200, sourceLocation: location)
    let wanted = try value(example, changes)
    #expect(
      answer.text == String(decoding: wanted.encoded(), as: UTF8.self), sourceLocation: location)
  }

  static let ways: [(Engine, PluginKit.Method, String)] = Engine.testable.flatMap { engine in
    [(engine, .get, ""), (engine, .post, "/gocourse")]
  }

  @Test(arguments: ways)
  func `of what a teacher sees is answered as printed`(
    engine: Engine, method: PluginKit.Method, mount: String
  ) async throws {
    try await withClassroom(engine) { room in
      let prepared = await room.bench.call(
        method, "\(mount)/sign/prepare?course_table_id=6", as: room.teacher)
      try expect(prepared, Example.prepare, ["2015-03-09": "2025-09-01"])
      let list = await room.bench.call(
        method, "\(mount)/sign/teacher_list?show_append=1", as: room.teacher
      ).json["data"]?["list"]?.array
      // Without notes the document prints a text; by its own description it is a list.
      let printed = try value(Example.teacherList, [#""append": """#: #""append": []"#])
      #expect(
        list?[3...4].map(\.description) == printed["data"]?["list"]?.array?.map(\.description))
      try expect(
        await room.bench.post(
          "\(mount)/sign/teacher_append_info", form: ["sign_id": "4", "info": "OK"],
          as: room.teacher), Example.done)
      let task = await room.bench.call(method, "\(mount)/sign/teacher_get/4", as: room.teacher)
      try expect(task, Example.teacherGet, ["1456935849": "\(room.now)"])
      let made = await room.bench.post(
        "\(mount)/sign/create",
        form: ["course_table_id": "6", "name": "quiz", "detail": "", "time": "45"],
        as: room.teacher)
      try expect(
        made, Example.create,
        [
          #""taskID": 4"#: #""taskID": 17"#, #""signID": 1,"#: #""signID": 12,"#,
          "1432984013": "\(room.now)", "1432986713": "\(room.now + 2700)",
        ])
    }
  }

  @Test(arguments: ways)
  func `of what a student sees is answered as printed`(
    engine: Engine, method: PluginKit.Method, mount: String
  ) async throws {
    try await withClassroom(engine) { room in
      let open = await room.bench.call(method, "\(mount)/sign/student_new_sign", as: room.tao)
      try expect(
        open, Example.newSigns,
        ["1434170376": "\(room.now - 600)", "1434201876": "\(room.now + 30_900)"])
      // The document prints both forms of `append` in one answer.
      let history = await room.bench.call(
        method, "\(mount)/sign/student_history?show_append=1", as: room.tao)
      try expect(history, Example.history, [#""append": null"#: #""append": []"#])
      let begun = await room.bench.post(
        "\(mount)/sign/student_sign_begin",
        form: [
          "sign_id": "6", "key": "\(room.now)\tphone\tandroid", "hash": "\(room.now)phoneandroid",
        ], as: room.tao)
      let key = begun.json["data"]?["signKey"]?.string ?? ""
      try expect(begun, Example.begin, ["S1Pe1aneZ2": key])
      let finished = await room.bench.post(
        "\(mount)/sign/student_sign_finish", form: ["sign_id": "6", "key": "1\tphone\t0\t0"],
        as: room.tao)
      try expect(finished, Example.done)
    }
  }

  @Test(arguments: ways)
  func `of one log is answered in the envelope that its client reads`(
    engine: Engine, method: PluginKit.Method, mount: String
  ) async throws {
    try await withClassroom(engine) { room in
      _ = await room.post(
        "/task/task_set_detail", ["task_id": "16", "detail": "国际政治(管理员)，第"], as: room.teacher)
      for info in ["法国大范甘迪", "个地方电饭锅电饭锅电饭锅地方"] {
        _ = await room.post(
          "/sign/teacher_append_info", ["sign_id": "11", "info": info], as: room.teacher)
      }
      let log = await room.bench.call(method, "\(mount)/sign/student_get/3", as: room.tao)
      let enveloped = #"{"status":true,"code":0,"msg":"","data":"# + Example.studentGet + "}"
      try expect(
        log, enveloped, ["1458941284": "\(room.now)", "1458941406": "\(room.now)"])
    }
  }
}
