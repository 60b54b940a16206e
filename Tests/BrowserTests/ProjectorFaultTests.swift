import Glibc
import JSON
import Rig
import Testing

extension InBrowser {
  /// A screen on a wall has nobody who would press a button.
  @Suite struct ProjectorFaultTests {
    /// `MUSTER_TRIALS=long` takes the real times.
    private static let isLong = getenv("MUSTER_TRIALS").map { String(cString: $0) } == "long"
    /// From the return of a network or a server to the right code. A busy machine is slower.
    private static let backWithin = isLong ? 2.0 : 10

    /// Waits until the picture of the screen holds the code that the server gives out now.
    @BrowserThread private static func waitForRightCode(_ screen: Page, _ witness: Page) throws {
      let deadline = Deadline(backWithin)
      while !deadline.hasPassed {
        let wanted = try ProjectorScreen.current(witness)
        if (try? ProjectorScreen.read(screen)) == wanted { return }
        usleep(20_000)
      }
      throw Fault("the right code is not on the screen")
    }

    @Test func `a network that is away for 50 seconds, and comes back`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let cable = try Cable(to: server.port)
        defer { cable.remove() }
        let witness = try ProjectorScreen.open(server)
        let screen = try ProjectorScreen.open(server, cable)
        cable.pull()
        try screen.wait(ProjectorScreen.isHidden, within: 40)
        #expect(try screen.text("#stale").isEmpty == false)
        if Self.isLong { sleep(25) }
        cable.plug()
        try Self.waitForRightCode(screen, witness)
        for page in [screen, witness] { try page.close() }
      }
    }

    @Test(.enabled(if: isLong, "takes half a minute of real time"))
    func `a server that is restarted`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let screen = try ProjectorScreen.open(server)
        server.stop()
        try screen.wait(ProjectorScreen.isHidden, within: 40)
        try server.restart()
        try Self.waitForRightCode(screen, screen)
        try screen.close()
      }
    }

    @Test(.enabled(if: isLong, "takes ten minutes of real time"))
    func `a tab that sleeps for ten minutes`() async throws {
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let witness = try ProjectorScreen.open(server)
        let screen = try ProjectorScreen.open(server)
        let code = try ProjectorScreen.read(screen)
        try screen.freeze(true)
        sleep(600)
        try screen.freeze(false)
        try Self.waitForRightCode(screen, witness)
        #expect(try ProjectorScreen.read(screen) != code)
        for page in [screen, witness] { try page.close() }
      }
    }

    /// Changes of the code and clock-ins as the server sends them, as fast as the page takes them.
    private static let rotations = """
      (async (from, to) => { const code = (n) => btoa(JSON.stringify({n})), names = ['陈伟', '李娜', '王芳']; \
      const socket = window.sockets.at(-1), qr = window.lastCode; \
      const say = (data) => socket.dispatchEvent(new MessageEvent('message', {data: JSON.stringify( \
      {type: 'event', topic: 'campus.qr.12', ts: Date.now(), data})})); \
      for (let n = from; n < to; n++) { \
      say({event: 'qr.rotated', ...qr, payload: code(n), expires_at: new Date(Date.now() + 3600000).toISOString()}); \
      say({event: 'clockin.recorded', fullname: names[n % 3] + n, created: new Date().toISOString(), total: n}); \
      await new Promise((done) => setTimeout(done)); } return document.querySelector('#total').textContent; })
      """
    private static let listener = """
      window.sockets = []; window.WebSocket = class extends WebSocket { constructor(...all) { super(...all); \
      window.sockets.push(this); this.addEventListener('message', ({data}) => { const frame = JSON.parse(data); \
      if (frame.data?.snapshot?.payload) window.lastCode = frame.data.snapshot; }); } };
      """

    @Test func `a screen that runs for days does not grow`() async throws {
      let turns = Self.isLong ? 2000 : 300
      try await BrowserThread.run {
        let server = try DemoServer()
        defer { server.stop() }
        let screen = try InBrowser.newPage(of: server)
        try screen.prepare(Self.listener)
        try ProjectorScreen.enter(screen)
        try screen.wait("window.lastCode")
        _ = try screen.evaluate("(\(Self.rotations))(1, 100)")
        let before = try screen.memory()
        // In pieces: one call has to answer within the patience of the tools.
        for first in stride(from: 100, to: 100 + turns, by: 100) {
          let last = try screen.evaluate("(\(Self.rotations))(\(first), \(first + 100))")
          #expect(last == "\(first + 99)")
        }
        let after = try screen.memory()
        print("projector: \(turns) changes, \(after.heapBytes - before.heapBytes) bytes more")
        // A list that was replaced may not be collected yet.
        #expect(after.nodes <= before.nodes + 200)
        #expect(after.heapBytes - before.heapBytes < 500_000)
        try screen.close()
      }
    }
  }
}
