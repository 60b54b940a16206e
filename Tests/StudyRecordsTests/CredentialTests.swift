import JSON
import MusterTesting
import PluginKit
import Testing

@Suite struct Credentials {
  @Test(arguments: ["bllli:123", "1@1.com:123", "4130209101:123"])
  func `by name, mail address and student number are good`(user: String) async throws {
    try await withLibrary { library in
      let answer = await library.call(.get, "users/myself", user: user)
      #expect(answer.json["username"] == "bllli")
    }
  }

  @Test(arguments: ["bllli:124", "bllli:", ":", ":123", "nobody:123", "bllli"])
  func `that are wrong are refused with a challenge`(user: String) async throws {
    try await withLibrary { library in
      let answer = await library.call(.get, "studys/", user: user)
      #expect(answer.refusal == "401 unauthorized: Invalid credentials")
      #expect(
        answer.header("WWW-Authenticate") == #"Basic realm="Authentication Required""#)
    }
  }

  @Test func `are asked for on every call but the registration`() async throws {
    try await withLibrary { library in
      for path in ["users/1", "users/myself", "studys/", "studys/1", "token", "users/1/studys/"] {
        let answer = await library.get(path, as: nil)
        #expect(answer.refusal == "401 unauthorized: Invalid credentials")
      }
      #expect(await library.register([:]).status == 400)
    }
  }

  @Test func `are not asked for by a page's script, which has its own login`() async throws {
    try await withLibrary { library in
      let answer = await library.bench.call(
        .get, "/api/v1.0/studys/", headers: ["Sec-Fetch-Dest": "empty"])
      #expect(answer.status == 401)
      #expect(answer.header("WWW-Authenticate") == nil)
    }
  }

  @Test func `are checked once for many calls, and again after a new password`() async throws {
    try await withLibrary { library in
      for _ in 0..<5 { #expect(await library.call(.get, "users/1").status == 200) }
      #expect(await library.bench.accounts.logins == 1)
      let account = try #require(library.bllli.account)
      try await library.bench.accounts.setPassword("456", of: account)
      #expect(await library.call(.get, "users/1").status == 401)
      #expect(await library.call(.get, "users/1", user: "bllli:456").status == 200)
    }
  }

  @Test func `that come at the same moment share one check`() async throws {
    try await withLibrary { library in
      await withTaskGroup(of: Int.self) { group in
        for _ in 0..<20 { group.addTask { await library.call(.get, "users/1").status } }
        for await status in group { #expect(status == 200) }
      }
      #expect(await library.bench.accounts.logins == 1)
    }
  }

  @Test func `end with the account`() async throws {
    try await withLibrary { library in
      #expect(await library.call(.get, "users/1").status == 200)
      let id = try #require(library.bllli.account)
      var account = try #require(try await library.bench.accounts.account(id))
      account.isActive = false
      try await library.bench.accounts.update(account)
      try await library.bench.accounts.revokeTokens(of: id)
      #expect(await library.call(.get, "users/1").status == 401)
    }
  }

  @Test func `become a token for the life of the settings`() async throws {
    try await withLibrary(settings: ["token_seconds": .number(600)]) { library in
      let answer = await library.call(.get, "token")
      #expect(answer.json["expiration"] == 600)
      #expect(answer.header("Cache-Control") == "no-store")
      let token = try #require(answer.json["token"]?.string)
      #expect(await library.bench.accounts.lives[token] == .fixed(seconds: 600))
      #expect(await library.call(.get, "users/1", user: "\(token):").status == 200)
    }
  }

  @Test func `that are a token get no other token`() async throws {
    try await withLibrary { library in
      let token = await library.call(.get, "token").json["token"]?.string ?? ""
      let refused = await library.call(.get, "token", user: "\(token):")
      #expect(refused.refusal == "401 unauthorized: Invalid credentials")
      #expect(await library.get("token", as: library.bllli).status == 401)
    }
  }
}
