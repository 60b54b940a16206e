import Testing
import WebSocket

@Suite struct `The closing of a connection` {
  @Test func `by us ends when the peer answers`() {
    var closing = CloseHandshake()
    #expect(closing.takesMessages)
    #expect(closing.close(.goingAway) == .sendClose(.goingAway))
    #expect(closing.state == .waiting(.goingAway) && !closing.takesMessages)
    #expect(closing.close(.normal) == .nothing)
    #expect(closing.received(.goingAway) == .end)
    #expect(closing.state == .closed && closing.outcome == .goingAway)
  }

  @Test func `by us ends when the peer does not answer in time`() {
    var closing = CloseHandshake()
    #expect(closing.deadlinePassed() == .nothing && closing.state == .open)
    _ = closing.close(.noHeartbeat)
    #expect(closing.deadlinePassed() == .end)
    #expect(closing.state == .closed && closing.outcome == .noHeartbeat)
    #expect(closing.received(.normal) == .nothing && closing.deadlinePassed() == .nothing)
  }

  @Test(arguments: [CloseCode.normal, .goingAway, .noStatus, CloseCode(rawValue: 3999)])
  func `by the peer is answered with its code`(code: CloseCode) {
    var closing = CloseHandshake()
    #expect(closing.received(code) == .sendCloseThenEnd(code))
    #expect(closing.state == .closed && closing.outcome == code)
    #expect(closing.close(.normal) == .nothing && closing.outcome == code)
  }

  @Test func `after a broken rule tells the peer which, and waits for nothing`() {
    var closing = CloseHandshake()
    #expect(closing.failed(WebSocketError(.badText)) == .sendCloseThenEnd(.invalidPayload))
    #expect(closing.state == .closed && closing.outcome == .invalidPayload)
    #expect(closing.failed(WebSocketError(.badText)) == .nothing)
  }

  @Test func `after a broken rule sends no second close frame`() {
    var closing = CloseHandshake()
    _ = closing.close(.shutdown)
    #expect(closing.failed(WebSocketError(.reservedBits)) == .end)
    #expect(closing.outcome == .shutdown)
  }

  @Test func `without a close frame is abnormal`() {
    var closing = CloseHandshake()
    closing.transportEnded()
    #expect(closing.state == .closed && closing.outcome == .abnormal)
    #expect(closing.close(.normal) == .nothing)
  }

  @Test func `keeps the reason when the transport ends while it waits`() {
    var closing = CloseHandshake()
    _ = closing.close(.kicked)
    closing.transportEnded()
    #expect(closing.state == .closed && closing.outcome == .kicked)
  }
}

@Suite struct `A close code` {
  @Test func `of the hub tells by its number what the client does`() {
    for code: CloseCode in [.badProtocol, .unauthorized, .kicked, .replaced, .revoked] {
      #expect(code.advice == .stop)
    }
    for code: CloseCode in [.hubError, .overloaded, .noHeartbeat, .slowConsumer, .helloTimeout] {
      #expect(code.advice == .backOff)
    }
    for code: CloseCode in [.shutdown, .rebalance, .permissionsChanged] {
      #expect(code.advice == .reconnectInWindow)
    }
  }

  @Test func `of the protocol stops when it is the client's fault or wish`() {
    for code: CloseCode in [.normal, .protocolError, .messageTooBig, .policyViolation] {
      #expect(code.advice == .stop)
    }
    for code: CloseCode in [.goingAway, .abnormal, .internalError, .noStatus] {
      #expect(code.advice == .backOff)
    }
  }

  @Test func `is allowed on the wire in the registered and the private ranges`() {
    let allowed = (0...65_535).filter { CloseCode(rawValue: UInt16($0)).isAllowedOnWire }
    #expect(allowed == Array(1000...1003) + Array(1007...1014) + Array(3000...4999))
  }

  @Test func `has the name that the protocol gives it`() {
    #expect(CloseCode.slowConsumer.name == "slow_consumer")
    #expect(CloseCode.shutdown.name == "shutdown")
    #expect(CloseCode(rawValue: 4999).name == nil)
  }
}
