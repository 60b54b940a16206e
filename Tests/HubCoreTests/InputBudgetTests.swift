import PluginKit
import Testing

@testable import HubCore

@Suite struct InputBudgetTests {
  private let limit = 1 << 20
  private let budget = InputBudget()

  private func charge(_ before: Int, _ after: Int, _ client: UInt32) -> Bool {
    let change = InputBudget.Change(client: ClientKey(v4: client), before: before, after: after)
    return budget.charge(change, limit: limit)
  }

  @Test func `all input together stays within the limit`() {
    for client in 0..<32 { #expect(charge(0, 32 << 10, UInt32(client))) }
    #expect(!charge(0, 1, 99))
    #expect(budget.total == limit)
    #expect(budget.clientCount == 32)
  }

  @Test func `one client gets three eighths, and two of them for long input`() {
    for _ in 0..<4 { #expect(charge(0, 1 << 16, 1)) }
    #expect(!charge(0, 33 << 10, 1))
    for _ in 0..<4 { #expect(charge(0, 32 << 10, 1)) }
    #expect(!charge(0, 1, 1))
    #expect(charge(0, 1, 2))
    #expect(budget.total == limit * 3 / 8 + 1)
  }

  @Test func `long input takes three quarters at most`() {
    for client in 1...3 { #expect(charge(0, 1 << 18, UInt32(client))) }
    #expect(!charge(0, 33 << 10, 4))
    #expect(charge(0, 32 << 10, 4))
    #expect(budget.total == (3 << 18) + (32 << 10))
  }

  @Test func `short input that becomes long is judged as long`() {
    for client in 1...3 { #expect(charge(0, 1 << 18, UInt32(client))) }
    #expect(charge(0, 1000, 4))
    #expect(!charge(1000, 40_000, 4))
    #expect(budget.total == (3 << 18) + 1000)
  }

  @Test func `memory that is given back is free again, and its client forgotten`() {
    for client in 1...3 { #expect(charge(0, 1 << 18, UInt32(client))) }
    for client in 1...3 { #expect(charge(1 << 18, 0, UInt32(client))) }
    #expect(budget.total == 0)
    #expect(budget.clientCount == 0)
    #expect(charge(0, 1 << 18, 4))
  }

  @Test func `what has to be charged is charged over the limit, too`() {
    let change = InputBudget.Change(client: ClientKey(v4: 1), before: 0, after: 2 * limit)
    budget.add(change)
    #expect(budget.total == 2 * limit)
    #expect(!charge(0, 1, 2))
  }
}
