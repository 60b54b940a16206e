import Testing

@testable import HubCore

@Suite struct InputBudgetTests {
  private let limit = 1 << 20

  @Test func `all input together stays within the limit`() {
    let budget = InputBudget()
    for _ in 0..<32 { #expect(budget.change(from: 0, to: 32 << 10, limit: limit)) }
    #expect(!budget.change(from: 0, to: 1, limit: limit))
    #expect(budget.total == limit)
  }

  @Test func `long input takes three quarters at most`() {
    let budget = InputBudget()
    #expect(budget.change(from: 0, to: 3 << 18, limit: limit))
    #expect(!budget.change(from: 0, to: 33 << 10, limit: limit))
    #expect(budget.change(from: 0, to: 32 << 10, limit: limit))
    #expect(budget.total == (3 << 18) + (32 << 10))
  }

  @Test func `short input that becomes long is judged as long`() {
    let budget = InputBudget()
    #expect(budget.change(from: 0, to: 3 << 18, limit: limit))
    #expect(budget.change(from: 0, to: 1000, limit: limit))
    #expect(!budget.change(from: 1000, to: 40_000, limit: limit))
    #expect(budget.total == (3 << 18) + 1000)
  }

  @Test func `memory that is given back is free again, whatever the limit is`() {
    let budget = InputBudget()
    #expect(budget.change(from: 0, to: 3 << 18, limit: limit))
    #expect(budget.change(from: 3 << 18, to: 1000, limit: 1))
    #expect(budget.total == 1000)
  }
}
