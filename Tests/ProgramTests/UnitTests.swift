import Configuration
import Testing

@testable import MusterServer

/// The systemd unit that is shipped.
@Suite struct UnitTests {
  @Test(arguments: [
    "MemoryMax=", "TasksMax=", "LimitCORE=0", "NoNewPrivileges=yes", "ProtectSystem=strict",
    "CapabilityBoundingSet=", "SystemCallFilter=",
  ])
  func `the unit bounds what the server may take and do`(line: String) throws {
    let path = #filePath.replacing(
      "Tests/ProgramTests/UnitTests.swift", with: "deploy/muster.service")
    let lines = String(decoding: try TextFile.read(path), as: UTF8.self).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix(line) }, "\(line)")
  }

  @Test func `the socket unit opens port 443 with the server's own backlog`() throws {
    let path = #filePath.replacing(
      "Tests/ProgramTests/UnitTests.swift", with: "deploy/muster.socket")
    let lines = String(decoding: try TextFile.read(path), as: UTF8.self).split(separator: "\n")
    #expect(lines.contains("ListenStream=443"))
    #expect(lines.contains("Backlog=4096"))
    #expect(lines.contains("WantedBy=sockets.target"))
  }
}
