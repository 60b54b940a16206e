import Testing

@testable import HubProtocol
@testable import HubTopics

@Suite struct `What a close code says about its user` {
  private static let table: [(UInt16, PresenceTable.Loss)] = [
    (1000, PresenceTable.Loss.bye), (1005, .bye), (1001, .goingAway), (1006, .broken(lastByte: 7)),
    (1011, .broken(lastByte: 7)), (4003, .ended), (4007, .ended), (4102, .broken(lastByte: 7)),
    (4103, .broken(lastByte: 7)), (4200, .drained), (4202, .drained), (3000, .broken(lastByte: 7)),
  ]

  @Test(arguments: table)
  func `decides how long it is waited for`(code: UInt16, loss: PresenceTable.Loss) {
    #expect(PresenceTable.Loss(closeCode: code, lastByte: 7) == loss)
  }
}
