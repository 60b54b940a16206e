import JSON
import MusterTesting
import PluginKit
import Testing

/// `/auth/register`, and what an account that was made there may do.
@Suite struct RegistrationTests {
  static let call = "/auth/register?user_tel=13900000001&user_name=zz&user_password=longenough"

  @Test func `a stranger from outside of the open networks cannot register`() async throws {
    try await withChat { bench async throws in
      let refused = await bench.get(RegistrationTests.call, from: .outside)
      #expect(refused.text == #"{"res":"registration closed","data":{}}"#)
      #expect(try await bench.accounts.find(.login("zz")) == nil)
      #expect(await bench.res(RegistrationTests.call, from: .near) == "register successfully")
    }
  }

  @Test(arguments: [
    (RegistrationRules.Admission.closed, "registration closed"), (.open, "register successfully"),
  ])
  func `registration follows the operator's choice`(
    admission: RegistrationRules.Admission, answer: String
  ) async throws {
    try await withChat { bench async throws in
      await bench.accounts.apply(RegistrationRules(admission))
      let peer: Peer = admission == .closed ? .loopback : .outside
      #expect(await bench.res(RegistrationTests.call, from: peer) == answer)
    }
  }

  @Test func `a password that is too short is refused with the reason`() async throws {
    try await withChat { bench async throws in
      await bench.accounts.apply(RegistrationRules(.open, passwordLength: 8))
      let answer = await bench.get(
        "/auth/register?user_tel=13900000001&user_name=zz&user_password=1")
      #expect(answer.json["res"] == "missing parameters")
      #expect(answer.json["message"] == "a password has at least 8 characters")
    }
  }

  @Test func `strangers and new accounts learn no telephone number but their own`() async throws {
    try await withChat { bench async throws in
      #expect(await bench.res(RegistrationTests.call) == "register successfully")
      let zz = try await bench.identity("zz")
      let tao = try await bench.identity("tao")
      func number(_ query: String, _ who: Identity?) async -> JSONValue? {
        await bench.get("/auth/user_data?\(query)", as: who).json["data"]?["user"]?["user_tel"]
      }
      for who in [nil, zz] {
        #expect(await number("user_name=tao", who) == .null)
        #expect(await number("user_tel=13800000003", who) == nil)
      }
      #expect(await number("user_name=zz", zz) == 13_900_000_001)
      #expect(await number("user_tel=13900000001", zz) == 13_900_000_001)
      #expect(await number("user_name=tao&user_tel=0", tao) == 0)
    }
  }

  @Test(arguments: ["tao", "TAO", "t\u{200B}ao", "ｔａｏ"])
  func `a name that reads like another one is taken`(name: String) async throws {
    try await withChat { bench async throws in
      let answer = await bench.post(
        "/auth/register",
        form: ["user_tel": "13900000001", "user_name": name, "user_password": "longenough"])
      #expect(answer.json["res"] == "user exist")
    }
  }

  @Test func `an account that somebody made for themselves may chat from anywhere`() async throws {
    try await withChat { bench async throws in
      #expect(await bench.res(RegistrationTests.call) == "register successfully")
      let zz = try await bench.identity("zz")
      #expect(zz.isProvisional)
      #expect(await bench.get("/chatroom/list", as: zz, from: .outside).status == 200)
      let room = "/chatroom/room?room_name=TEST&user_name=zz&status=1"
      #expect(await bench.res(room, from: .outside, as: zz) == "join chatroom")
      _ = try await bench.subscribe("chat.rooms", as: zz, from: .outside)
      let client = try await bench.subscribe("chat.room.TEST", as: zz, from: .outside)
      #expect(client.takeEvents().map(\.told) == ["create zz"])
      let old = try await bench.oldClient("c2", as: zz, from: .outside)
      await old.send(Frame.of("join", "somebody", "YOU"))
      #expect(old.client.takeTexts().first?.contains(#""user_name":"zz""#) == true)
    }
  }
}
