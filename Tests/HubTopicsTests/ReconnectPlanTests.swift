import Testing

@testable import HubProtocol
@testable import HubTopics

@Suite struct `The plan for coming back` {
  @Test func `keeps every second below what the machine can take`() {
    let plan = ReconnectPlan()
    #expect(plan.window(connections: 0) == 1000 && plan.window(connections: 400) == 1000)
    #expect(plan.window(connections: 5000) == 12_500)
    let window = plan.window(connections: 20_000)
    var seconds: [Int: Int] = [:]
    for _ in 0..<20_000 { seconds[Int.random(in: 0..<window) / 1000, default: 0] += 1 }
    #expect(seconds.values.allSatisfy { $0 <= 500 })
  }
}
