import Glibc
import Loop
import MusterTesting
import PluginKit
import Primitives
import Storage
import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(3))) struct CourierTests {
  private final class HandClock: WallClock {
    private let time = Locked<Int64>(1_795_231_000_000)
    var now: Int64 { time.withLock { $0 } }
    func turn(seconds: Int) { time.withLock { $0 += Int64(seconds) * 1000 } }
  }

  private struct Bench {
    let store: any Store
    let clock = HandClock()
    let courier: Courier
    let folder: String

    init(_ store: any Store, server: MailServer?) async throws {
      let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      var template = Array("\(temporary)/muster-XXXXXX".utf8CString)
      let folder = template.withUnsafeMutableBufferPointer { room in
        mkdtemp(room.baseAddress!)
        return String(cString: room.baseAddress!)
      }
      self.folder = folder
      self.store = store
      courier = Courier(store: store, clock: clock, log: .silent, callers: 1) {
        Courier.Settings(server: server, from: "muster@example.edu", folder: folder + "/outbox")
      }
      try await courier.migrate()
    }
  }

  private func withBench(
    _ engine: Engine, server: MailServer? = nil, _ body: (Bench) async throws -> Void
  ) async throws {
    try await withFreshStore(engine) { store in
      let bench = try await Bench(store, server: server)
      do { try await body(bench) } catch {
        await bench.courier.stop()
        throw error
      }
      await bench.courier.stop()
    }
  }

  private let mail = Mail(to: "li@example.edu", subject: "签到", text: ".\n..\nend")

  private func plain(_ server: FakeMailServer) -> MailServer {
    MailServer(url: server.url, allowsPlain: true)
  }

  @Test(arguments: Engine.testable)
  func `a letter is handed to the mail server once`(engine: Engine) async throws {
    let server = FakeMailServer()
    try await withBench(engine, server: plain(server)) { bench async throws in
      try await bench.courier.send(mail)
      #expect(try await bench.courier.metrics().waiting == 1)
      try await bench.courier.deliverDue()
      try await bench.courier.deliverDue()
      #expect(server.letters.count <= 1)
      #expect(try await bench.courier.metrics() == Courier.Metrics(sent: 1))
      let letter = try #require(server.letters.first)
      #expect(letter.from.hasPrefix("MAIL FROM:<muster@example.edu>"))
      #expect(letter.to == "RCPT TO:<li@example.edu>")
      #expect(letter.lines.contains("Subject: =?utf-8?B?562+5Yiw?="))
      #expect(letter.lines.last == "LgouLgplbmQ=")
    }
  }

  @Test(arguments: Engine.testable)
  func `a mail server that says later is asked later`(engine: Engine) async throws {
    let server = FakeMailServer()
    server.answers("451 later")
    try await withBench(engine, server: plain(server)) { bench async throws in
      try await bench.courier.send(mail)
      try await bench.courier.deliverDue()
      #expect(try await bench.courier.metrics() == Courier.Metrics(waiting: 1, failed: 1))
      server.answers("250 ok")
      try await bench.courier.deliverDue()
      #expect(try await bench.courier.metrics().sent == 0)
      bench.clock.turn(seconds: 20)
      try await bench.courier.deliverDue()
      #expect(try await bench.courier.metrics() == Courier.Metrics(sent: 1, failed: 1))
    }
  }

  @Test(arguments: Engine.testable)
  func `a mail server that says never is believed, and the letter kept for a look`(engine: Engine)
    async throws
  {
    let server = FakeMailServer()
    server.answers("550 no such user")
    try await withBench(engine, server: plain(server)) { bench async throws in
      try await bench.courier.send(mail)
      try await bench.courier.deliverDue()
      #expect(try await bench.courier.metrics() == Courier.Metrics(failed: 1, givenUp: 1))
    }
  }

  @Test(arguments: Engine.testable)
  func `nothing goes out unencrypted unless that is allowed`(engine: Engine) async throws {
    let server = FakeMailServer()
    try await withBench(engine, server: MailServer(url: server.url)) { bench async throws in
      try await bench.courier.send(mail)
      try await bench.courier.deliverDue()
      #expect(try await bench.courier.metrics() == Courier.Metrics(waiting: 1, failed: 1))
      #expect(server.letters.isEmpty)
      let row = try await bench.store.first("SELECT error FROM outbound_parcels")
      #expect(try #require(row).text("error").hasPrefix("encryption"))
    }
  }

  @Test(arguments: Engine.testable)
  func `what waits survives a restart and is given up after days`(engine: Engine) async throws {
    try await withBench(engine, server: MailServer(url: "smtp://127.0.0.1:1", allowsPlain: true)) {
      bench async throws in
      try await bench.courier.send(mail)
      try await bench.courier.deliverDue()
      await bench.courier.stop()
      let server = FakeMailServer()
      let next = Courier(store: bench.store, clock: bench.clock, log: .silent, callers: 1) {
        Courier.Settings(server: nil, from: "m@example.edu", folder: bench.folder + "/outbox")
      }
      bench.clock.turn(seconds: 60)
      try await next.deliverDue()
      #expect(try await next.metrics().sent == 1)
      #expect(server.letters.isEmpty)
      await next.stop()
    }
  }

  @Test(arguments: Engine.testable, [Int64.min, -1, .max])
  func `a row with numbers of any size is tried like another`(engine: Engine, number: Int64)
    async throws
  {
    let server = FakeMailServer()
    server.answers("451 later")
    try await withBench(engine, server: plain(server)) { bench async throws in
      try await bench.courier.send(mail)
      try await bench.store.execute(
        "UPDATE outbound_parcels SET created_at = ?, failures = ?", number,
        min(max(number, .min + 9), .max - 9))
      try await bench.courier.deliverDue()
      let metrics = try await bench.courier.metrics()
      #expect(metrics.failed == 1 && metrics.oldestSeconds >= 0)
    }
  }

  @Test(arguments: Engine.testable)
  func `a letter that fails for days is given up`(engine: Engine) async throws {
    try await withBench(engine, server: MailServer(url: "smtp://127.0.0.1:1", allowsPlain: true)) {
      bench async throws in
      try await bench.courier.send(mail)
      try await bench.courier.deliverDue()
      bench.clock.turn(seconds: 5 * 86_400)
      try await bench.courier.deliverDue()
      let metrics = try await bench.courier.metrics()
      #expect(metrics.waiting == 0 && metrics.givenUp == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `a delivery that a crash has cut off is tried again`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.courier.send(mail)
      _ = try await bench.courier.queue.take(at: bench.clock.now)
      try await bench.courier.deliverDue()
      #expect(try await bench.courier.metrics().sent == 0)
      bench.clock.turn(seconds: 181)
      try await bench.courier.deliverDue()
      #expect(try await bench.courier.metrics().sent == 1)
    }
  }

  @Test(arguments: Engine.testable)
  func `without a mail server letters are files`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      try await bench.courier.send(mail)
      try await bench.courier.deliverDue()
      let path = "\(bench.folder)/outbox/muster.1795231000000.1.eml"
      #expect(access(path, R_OK) == 0)
      var status = stat()
      stat(path, &status)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  @Test(arguments: Engine.testable)
  func `no letter is taken that could not be sent`(engine: Engine) async throws {
    try await withBench(engine) { bench async throws in
      await #expect(throws: PluginError.self) {
        try await bench.courier.send(Mail(to: "a@b\r\nBcc: c@d", subject: "", text: ""))
      }
      let large = Mail.Attachment(
        name: "x", contentType: "x/y", bytes: [UInt8](repeating: 0, count: 26 << 20))
      await #expect(throws: PluginError.self) {
        try await bench.courier.send(
          Mail(to: "a@b", subject: "", text: "", attachments: [large]))
      }
      #expect(try await bench.courier.metrics().waiting == 0)
    }
  }

  @Test(arguments: Engine.testable)
  func `started, it delivers by itself what is sent`(engine: Engine) async throws {
    let server = FakeMailServer()
    try await withBench(engine, server: plain(server)) { bench async throws in
      bench.courier.start()
      try await bench.courier.send(mail)
      while try await bench.courier.metrics().sent == 0 { await Task.yield() }
      #expect(server.letters.count == 1)
    }
  }
}
