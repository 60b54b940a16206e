import JSON
import MusterTesting
import PluginKit
import Storage
import Testing

/// The document's example calls give the document's example answers.
@Suite struct `An example of the document` {
  private func expect(_ text: String, _ answer: JSONValue) throws {
    #expect(answer == (try JSONValue(parsing: Array(text.utf8))))
  }

  @Test func `shows a user, whose last call is now`() async throws {
    try await withLibrary { library in
      let answer = await library.call(.get, "users/1")
      #expect(answer.status == 200)
      try expect(
        """
        {
            "last_seen": "2017-03-25 12:00:02",
            "member_since": "2017-03-25 06:41:49",
            "studys": "http://127.0.0.1:5000/api/v1.0/users/1/studys/",
            "url": "http://127.0.0.1:5000/api/v1.0/users/1",
            "username": "bllli"
        }
        """.replacing("http://", with: "https://"), answer.json)
    }
  }

  @Test(arguments: ["studys/", "studys", "users/1/studys/"])
  func `lists seven records from the first`(path: String) async throws {
    try await withLibrary { library in
      let answer = await library.call(.get, path).json
      #expect(answer["count"] == 7)
      #expect(answer["next"] == .null)
      #expect(answer["prev"] == .null)
      #expect(answer["studys"]?.array?.map { $0["id"]?.int } == [1, 2, 3, 4, 5, 6, 7])
      try expect(
        """
        {
            "creator": "https://127.0.0.1:5000/api/v1.0/users/1",
            "end_time": null,
            "id": 1,
            "start_time": "2017-03-25 07:13:32",
            "url": "https://127.0.0.1:5000/api/v1.0/studys/1"
        }
        """, answer["studys"]?[0] ?? .null)
    }
  }

  @Test(arguments: Engine.testable)
  func `finishes record 7, starts record 8 and finishes it`(engine: Engine) async throws {
    try await withLibrary(engine) { library in
      let finished = await library.call(
        .put, "studys/7", #"{"end_time": "2017-03-25 11:45:50"}"#)
      try expect(
        """
        {
            "creator": "https://127.0.0.1:5000/api/v1.0/users/1",
            "end_time": "2017-03-25 11:45:50",
            "id": 7,
            "start_time": "2017-03-25 10:57:43",
            "url": "https://127.0.0.1:5000/api/v1.0/studys/7"
        }
        """, finished.json)
      let started = await library.call(
        .post, "studys/", #"{"start_time": "2017-03-25 11:55:47"}"#)
      #expect(started.status == 201)
      #expect(started.header("Location") == "https://127.0.0.1:5000/api/v1.0/studys/8")
      try expect(
        """
        {
            "creator": "https://127.0.0.1:5000/api/v1.0/users/1",
            "end_time": null,
            "id": 8,
            "start_time": "2017-03-25 11:55:47",
            "url": "https://127.0.0.1:5000/api/v1.0/studys/8"
        }
        """, started.json)
      #expect(await library.call(.put, "studys/8").status == 200)
      let shown = await library.call(.get, "studys/8")
      #expect(shown.json["end_time"] == "2017-03-25 12:00:02")
    }
  }

  @Test func `refuses a number that is registered already`() async throws {
    try await withLibrary { library in
      let answer = await library.register([
        "username": "new", "password": "123", "stu_id": "4130209101", "stu_pwd": "jw-101",
      ])
      #expect(answer.status == 400)
      try expect(
        """
        {
          "error": "bad request",
          "message": "该学号被注册，可以试试找回密码。"
        }
        """, answer.json)
    }
  }
}
