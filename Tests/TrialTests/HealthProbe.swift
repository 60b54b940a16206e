import Rig

@testable import muster_bench

/// Somebody who asks again and again how the server is, over one line.
actor HealthProbe {
  private let server: RealServer
  private var isFinishing = false
  /// How long each answer took.
  private(set) var latency = Histogram()
  /// The most memory the server had, in bytes.
  private(set) var peak = 0
  private(set) var complaints: [String] = []

  init(_ server: RealServer) { self.server = server }

  func finish() { isFinishing = true }

  func run() async throws {
    let process = await server.process ?? 0
    var wire = try await Wire.connect(server.address)
    while !isFinishing {
      let start = ContinuousClock.now
      do {
        let reply = try await wire.call("GET", "/health")
        if reply.status != 200 { complaints.append("answered \(reply.status)") }
      } catch {
        complaints.append("\(error)")
        wire = try await Wire.connect(server.address)
      }
      latency.add(UInt64((ContinuousClock.now - start) / .nanoseconds(1)))
      peak = max(peak, ProcessFigures(of: process)?.memory ?? 0)
      try await Task.sleep(for: .milliseconds(5))
    }
    await wire.drop()
  }
}
