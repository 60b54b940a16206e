import Testing

@testable import MusterServer

@Suite struct HubCommandTests {
  @Test func `publish wants a key and an object`() async {
    let screen = Screen()
    #expect(await screen.run("publish", "chat.room.TEST", "{}") == 2)
    #expect(screen.errors.contains("--key is missing"))
    for text in ["[]", "1", "nonsense", ""] {
      #expect(await screen.run("publish", "chat.room.TEST", text, "--key", "mk_x") == 2)
    }
  }

  @Test func `where nobody answers both end with 69`() async {
    let screen = Screen()
    let nobody = ["--server", "https://127.0.0.1:1"]
    let variables = ["MUSTER_KEY": "mk_x"]
    #expect(
      await screen.run("publish", "x", "{}", nobody[0], nobody[1], environment: variables) == 69)
    #expect(await screen.run("watch", "x", nobody[0], nobody[1], environment: variables) == 69)
    #expect(screen.errors.contains("does not answer"))
    #expect(await screen.run("watch", "x", "--server", "nonsense") == 1)
  }
}
