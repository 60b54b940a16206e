import JSON
import Rig
import Testing

extension Trials {
  /// Nothing more can be written: the server says so, goes on with what it can, and recovers.
  @Suite(.timeLimit(.minutes(5))) struct FullDiskTests {
    @Test(.enabled(if: SmallDisk.isPossible, "only root can make a disk of its own"))
    func `on a full disk reading goes on, writing is refused, and nothing breaks`() async throws {
      let disk = try SmallDisk()
      let settings = ["database=sqlite:\(disk.path)/muster.db", "limits.requests_per_second=0"]
      try await RealServer.run(settings) { server, _ in
        try await fill(server) {
          try disk.fill()
        } makingRoom: {
          disk.makeRoom()
        }
      }
    }

    @Test func `a limit of files is as good as a full disk`() async throws {
      try await RealServer.run(["limits.requests_per_second=0"]) { server, _ in
        let process = try #require(await server.process)
        try await fill(server) {
          try limitFiles(of: process, to: 4096)
        } makingRoom: {
          try limitFiles(of: process, to: nil)
        }
      }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can make a disk of its own"))
    func `a server on a disk that can only be read does not start, and says why`() async throws {
      let disk = try SmallDisk()
      let settings = ["database=sqlite:\(disk.path)/muster.db"]
      try await RealServer.run(settings) { server, _ in
        await server.kill()
        try disk.forbidWriting()
        try await server.launch()
        #expect(try await server.result(within: 30) == 1)
        #expect(await server.log.contains("Read-only file system"))
      }
    }

    private func fill(
      _ server: RealServer, _ fill: () throws -> Void, makingRoom: () throws -> Void
    ) async throws {
      let kiosk = Kiosk(server)
      var acknowledged: Set<String> = []
      var numbers = try await kiosk.add(students: 4000)[...]
      for _ in 0..<10 { acknowledged.insert(try await checkIn(&numbers, kiosk)) }
      try fill()
      try await useUp(&numbers, &acknowledged, kiosk)
      #expect(try await kiosk.get("/health").status == 200)
      #expect(try await kiosk.present() == acknowledged)
      #expect(try await kiosk.get("/selectone?studentid=\(numbers.first ?? "")").status == 200)
      let ready = try await kiosk.get("/ready")
      #expect(ready.status == 503)
      #expect(ready.body["detail"]?["store"]?.string?.hasPrefix("failing: ") == true)
      try makingRoom()
      let isBack = await eventually(within: 10) {
        (try? await kiosk.get("/ready").status) == 200
      }
      #expect(isBack)
      for _ in 0..<10 { acknowledged.insert(try await checkIn(&numbers, kiosk)) }
      #expect(try await kiosk.present() == acknowledged)
      let log = await server.log
      #expect(log.contains("the database cannot be written"))
      #expect(log.contains("the database can be written again"))
      // The file is whole: the server looks at all of it when it starts.
      await server.kill()
      try await server.start()
      #expect(try await Kiosk(server).present() == acknowledged)
    }

    private func checkIn(_ numbers: inout ArraySlice<String>, _ kiosk: Kiosk) async throws
      -> String
    {
      let first = numbers.popFirst()
      let number = try #require(first)
      let answer = try await kiosk.get("/login?studentid=\(number)")
      #expect(answer.status == 200 && answer.body["code"] == 20011)
      return number
    }

    /// Checks people in until that is refused, twice in a row: there may be room left in the log.
    private func useUp(
      _ numbers: inout ArraySlice<String>, _ acknowledged: inout Set<String>, _ kiosk: Kiosk
    ) async throws {
      var refusals = 0
      while refusals < 5 {
        let first = numbers.popFirst()
        let number = try #require(first, "the disk does not become full")
        let answer = try await kiosk.get("/login?studentid=\(number)")
        if answer.status == 200, answer.body["code"] == 20011 {
          acknowledged.insert(number)
          refusals = 0
        } else {
          #expect(answer.status == 503 && answer.isRefusal && answer.body["code"] == 20010)
          refusals += 1
        }
      }
    }
  }
}
