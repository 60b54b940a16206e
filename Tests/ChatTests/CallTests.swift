import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage
import Testing

/// The documented calls over HTTP.
@Suite struct CallTests {
  /// Requests one after another with their answers, as the document words them.
  static let steps: [(call: String, answer: String)] = [
    (
      "/auth/login?user_tel=0&user_password=123456",
      """
      {"res":"login successfully","data":{"user_tel":0,"user_name":"admin","user_password":"",\
      "user_avatar_url":"","token":"chat-token-1"}}
      """
    ),
    ("/auth/login?user_tel=1&user_password=123456", #"{"res":"user not exist","data":{}}"#),
    ("/auth/login?user_tel=x&user_password=123456", #"{"res":"user not exist","data":{}}"#),
    ("/auth/login?user_tel=0&user_password=1234567", #"{"res":"password wrong","data":{}}"#),
    ("/auth/login?user_tel=0", #"{"res":"missing parameters","data":{}}"#),
    (
      "/auth/register?user_tel=13900000001&user_name=new&user_password=secret",
      #"{"res":"register successfully"}"#
    ),
    (
      "/auth/register?user_tel=13900000001&user_name=newer&user_password=secret",
      #"{"res":"user exist"}"#
    ),
    (
      "/auth/register?user_tel=13900000002&user_name=new&user_password=secret",
      #"{"res":"user exist"}"#
    ),
    (
      "/auth/register?user_tel=13900000002&user_name=newer&user_password=",
      #"{"res":"missing parameters","data":{}}"#
    ),
    (
      "/auth/user_data?user_name=new",
      """
      {"res":"get user data successfully","data":{"user":{"user_tel":null,\
      "user_name":"new","user_password":"","user_avatar_url":"default"}}}
      """
    ),
    ("/auth/user_data?user_name=new&user_tel=0", #"{"res":"user not exist","data":{}}"#),
    ("/auth/user_data?user_name=nobody", #"{"res":"user not exist","data":{}}"#),
    (
      "/chatroom/list",
      """
      {"room_list":[{"name":"TEST","population":0},{"name":"YOU","population":0}],\
      "rooms":[{"name":"TEST","population":0},{"name":"YOU","population":0}]}
      """
    ),
    ("/chatroom/create?room_name=lab", #"{"res":"chatroom create successfully"}"#),
    ("/chatroom/create?room_name=lab", #"{"res":"chatroom already exist"}"#),
    ("/chatroom/create?room_name=", #"{"res":"missing parameters"}"#),
    ("/chatroom/room?room_name=lab&user_name=test", #"{"res":"missing parameters"}"#),
    ("/chatroom/room?room_name=&user_name=test&status=1", #"{"res":"missing parameters"}"#),
    ("/chatroom/room?room_name=no&user_name=test&status=2", #"{"res":"invalid room"}"#),
    ("/chatroom/room?room_name=no&user_name=test&status=1", #"{"res":"invalid room"}"#),
    ("/chatroom/room?room_name=no&user_name=test&status=0", #"{"res":"invalid room"}"#),
    ("/chatroom/room?room_name=lab&user_name=test&status=2", #"{"res":"invalid status"}"#),
    ("/chatroom/room?room_name=lab&user_name=test&status=x", #"{"res":"invalid status"}"#),
    ("/chatroom/room?room_name=lab&user_name=test&status=0", #"{"res":"user not exist"}"#),
    ("/chatroom/room?room_name=lab&user_name=test&status=1", #"{"res":"join chatroom"}"#),
    ("/chatroom/room?room_name=lab&user_name=test&status=0", #"{"res":"leave chatroom"}"#),
    ("/chatroom/room?room_name=lab&user_name=test&status=0", #"{"res":"invalid room"}"#),
  ]

  static let ways: [(Engine, PluginKit.Method, String)] = Engine.testable.flatMap { engine in
    [(engine, .get, ""), (engine, .post, ""), (engine, .get, "/chat")]
  }

  @Test(arguments: ways)
  func `every call is answered in the document's words`(
    engine: Engine, method: PluginKit.Method, mount: String
  ) async throws {
    try await withChat(engine) { bench in
      for step in CallTests.steps {
        let answer = await bench.call(method, mount + step.call)
        #expect(answer.status == 200)
        #expect(answer.text == step.answer, "\(step.call)")
        #expect(answer.response.contentType == "application/json; charset=utf-8")
      }
    }
  }

  @Test func `forms and JSON say the same as a query`() async throws {
    try await withChat { bench in
      let form = await bench.post(
        "/auth/login", form: ["user_tel": "0", "user_password": "123456"])
      #expect(form.json["res"] == "login successfully")
      let json = await bench.post(
        "/auth/login", json: ["user_tel": 0, "user_password": "123456"])
      #expect(json.json["res"] == "login successfully")
      let seat = await bench.post(
        "/chatroom/room", json: ["room_name": "YOU", "user_name": "a", "status": 1])
      #expect(seat.json["res"] == "join chatroom")
    }
  }

  @Test func `the eleventh seat is refused`() async throws {
    try await withChat { bench in
      for number in 0..<10 {
        #expect(
          await bench.res("/chatroom/room?room_name=YOU&user_name=u\(number)&status=1")
            == "join chatroom")
      }
      let late = "/chatroom/room?room_name=YOU&user_name=late&status=1"
      #expect(await bench.get(late).text == #"{"res":"full room"}"#)
      let client = try await bench.join("YOU", "late", id: "c1")
      #expect(client.client.takeTexts() == [Frame.error("room full")])
      bench.clock.advance(seconds: 30)
      try await bench.runJob("tidy")
      #expect(await bench.roomNews.last == "YOU 0")
      #expect(await bench.res(late) == "join chatroom")
    }
  }

  @Test func `five wrong passwords for a number are enough for a minute`() async throws {
    try await withChat { bench in
      for _ in 0..<5 {
        #expect(await bench.res("/auth/login?user_tel=0&user_password=x") == "password wrong")
      }
      let sixth = await bench.get("/auth/login?user_tel=0&user_password=123456")
      #expect(sixth.status == 429)
      #expect(sixth.text == #"{"res":"too many requests","data":{}}"#)
      #expect(sixth.header("Retry-After") == "60")
      #expect(
        await bench.res("/auth/login?user_tel=13800000003&user_password=tao123456")
          == "login successfully")
      #expect(
        await bench.res("/auth/login?user_tel=0&user_password=123456", from: .near)
          == "login successfully")
      bench.clock.advance(seconds: 60)
      #expect(
        await bench.res("/auth/login?user_tel=0&user_password=123456") == "login successfully")
    }
  }

  @Test func `three new rooms a minute, over HTTP and over the socket`() async throws {
    try await withChat { bench in
      for number in 0..<3 {
        #expect(
          await bench.res("/chatroom/create?room_name=r\(number)", from: .near)
            == "chatroom create successfully")
      }
      let fourth = await bench.get("/chatroom/create?room_name=r3", from: .near)
      #expect(fourth.status == 429)
      #expect(fourth.text == #"{"res":"too many requests"}"#)
      let client = try await bench.oldClient("c1", from: .near)
      for number in 0..<4 { await client.send(Frame.of("join", "a", "s\(number)")) }
      await client.send(Frame.of("join", "a", "r0"))
      #expect(
        client.client.takeTexts() == [
          Frame.user("a", "s0", "create"), Frame.user("a", "s1", "create"),
          Frame.user("a", "s2", "create"), Frame.error("too many requests"),
          Frame.user("a", "r0", "create"),
        ])
    }
  }

  @Test func `outside of the open networks a token is needed`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      for path in ["/chatroom/list", "/chatroom/create?room_name=a", "/auth/user_data?user_tel=0"] {
        #expect(await bench.res(path, from: .outside) == "not logged in")
        #expect(await bench.get(path, as: tao, from: .outside).json["res"] != "not logged in")
      }
      #expect(
        await bench.res("/auth/login?user_tel=0&user_password=123456", from: .outside)
          == "login successfully")
      await #expect(throws: PluginError(.unauthorized, "log in first")) {
        try await bench.oldClient("c1", from: .outside)
      }
      _ = try await bench.oldClient("c2", as: tao, from: .outside)
    }
  }

  @Test func `with a token only one's own seat can be booked and given back`() async throws {
    try await withChat { bench in
      let tao = try await bench.identity("tao")
      let other = "/chatroom/room?room_name=YOU&user_name=other&status="
      #expect(await bench.res(other + "1", as: tao) == "not your name")
      let own = "/chatroom/room?room_name=YOU&user_name=tao&status="
      #expect(await bench.res(own + "1", as: tao) == "join chatroom")
      #expect(await bench.res(own + "0", from: .near) == "user not exist")
      #expect(await bench.res(own + "0", as: tao) == "leave chatroom")
    }
  }

  @Test func `every example of the generated documents is one JSON value`() async throws {
    try await withChat { bench in
      for route in bench.unit.routes {
        for example in route.operation.answers.compactMap(\.example) {
          #expect(throws: Never.self) { try JSONValue(parsing: example.encoded()) }
        }
      }
    }
  }
}
