import JSON
import Testing

extension InBrowser {
  /// `/sdk/muster.js` against the real server.
  @Suite struct ClientModuleTests {
    /// Follows the room TEST as somebody, publishes, and tells what came of it.
    private static let visit = """
      (async () => {
        const { Muster } = await import("/sdk/muster.js");
        const form = new URLSearchParams({ user_tel: "13800000003", user_password: "tao123456" });
        const login = await (await fetch("/auth/login", { method: "POST", body: form })).json();
        const heard = [], states = [];
        const hub = new Muster({
          token: () => login.data.token, client: "test/1", onState: (state) => states.push(state),
        });
        const until = async (look) => { while (!look()) await new Promise((r) => setTimeout(r, 10)); };
        const topic = hub.subscribe("chat.room.TEST", { presence: true, onEvent: (data) => heard.push(data) });
        const ack = await topic.publish({ msg: "你好 from a browser" });
        await until(() => heard.some((data) => data.event === "chat.msg"));
        await until(() => topic.presence.members.size > 0);
        const refused = await hub.publish("no.such.topic", {}).catch((error) => error.name);
        const result = {
          state: hub.state, user: hub.user, ack, refused, states,
          welcome: Object.keys(hub.welcome), heard: heard.filter((data) => data.event === "chat.msg"),
          members: [...topic.presence.members.values()].map(({ name, state }) => `${name} ${state}`),
          total: topic.presence.total, early: Math.abs(hub.now() - Date.now()) < 5000,
        };
        hub.close();
        return { ...result, closed: hub.state };
      })()
      """

    @Test func `a client connects, publishes and knows who is there`() async throws {
      try await BrowserThread.run {
        let page = try InBrowser.newPage()
        try page.open("/")
        let result = try page.evaluate(ClientModuleTests.visit)
        #expect(result["state"] == "live" && result["closed"] == "closed")
        #expect(result["user"]?["name"] == "tao")
        #expect(result["ack"]?["offset"]?.int != nil && result["ack"]?["ts"]?.int != nil)
        #expect(result["heard"]?.array?.count == 1)
        #expect(result["heard"]?[0]?["msg"] == "你好 from a browser")
        #expect(result["members"] == ["tao online"] && result["total"] == 1)
        #expect(result["refused"] == "MusterError")
        #expect(result["early"] == true)
        #expect(try page.complaints() == [])
        try page.close()
      }
    }
  }
}
