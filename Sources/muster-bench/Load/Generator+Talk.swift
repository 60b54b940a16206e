import Bytes
import Loop
import TLS
import WebSocket

// The conversation of clients.
extension Generator {
  func isOpen(_ client: Client, _ desk: inout Desk) {
    if options.scenario == .connect { return reconnect(client) }
    for text in target.hello { say(text, client, &desk) }
    if !client.isPublisher { for text in target.join { say(text, client, &desk) } }
    uncork(client, &desk)
    if !client.isExpecting { isReady() }
  }

  func isReady() {
    ready += 1
    if ready == wanted { wakeUp() } else { openMore() }
  }

  private func say(_ text: String, _ client: Client, _ desk: inout Desk) {
    desk.frames.append(.text, text: Generator.filled(text, client.index), to: &desk.cork)
  }

  /// Counts a connection that has been opened, and opens the next in its place.
  private func reconnect(_ client: Client) {
    if tally.isMeasuring {
      tally.messages += 1
      tally.latency.add(loop.time.monotonic &- client.begunAt)
      if client.tls.facts?.isResumed == true { tally.resumed += 1 }
    }
    if options.resumes, let fresh = client.tls.resumableSession() { ticket = fresh }
    client.stage = .over
    clients[client.index] = nil
    if isLoading { openClient(client.index) }
  }

  func takeFrames(_ client: Client, _ desk: inout Desk) throws(WebSocketError) {
    let now = loop.time.monotonic
    var position = 0
    while let incoming = try client.assembler!.next(
      &desk.opened, at: &position, scratch: &desk.scratch)
    {
      switch incoming.kind {
      case .text, .binary:
        if options.scenario == .storm { hear(incoming, client, &desk) }
        take(Payload.find(incoming, desk.scratch, desk.opened, size: options.size), client, now)
        if client.isExpecting { lookForExpected(incoming, client, &desk) }
      case .ping:
        desk.frames.append(.pong, of: incoming, desk.scratch, desk.opened, to: &desk.cork)
      case .pong: break
      case .close(let code):
        guard storm != nil else {
          return fail("\(target.name) closed client \(client.index): \(code)")
        }
        return leave(client, code, &desk)
      }
    }
    if isLoading && options.scenario == .echo { sendDue(client, &desk) }
    uncork(client, &desk)
  }

  private func lookForExpected(_ incoming: Incoming, _ client: Client, _ desk: inout Desk) {
    guard let expected = target.expected else { return }
    guard String(decoding: desk.text(of: incoming), as: UTF8.self).contains(expected) else {
      return
    }
    client.isExpecting = false
    if !isBack(client) { isReady() }
  }

  private func take(_ verdict: Payload.Verdict, _ client: Client, _ now: UInt64) {
    switch verdict {
    case .other: return
    case .damaged: tally.damaged += 1
    case .good(let payload):
      if options.scenario == .fanout {
        takePublished(payload, client, now)
      } else {
        takeEchoed(payload, client, now)
      }
    }
  }

  private func takeEchoed(_ payload: Payload, _ client: Client, _ now: UInt64) {
    if payload.number != client.nextFrom[0] { tally.damaged += 1 }
    client.nextFrom[0] = (payload.number + 1) & 0xFF_FFFF
    client.due += 1
    count(payload, now)
  }

  /// Each publisher's messages must come in order, none twice and none left out.
  private func takePublished(_ payload: Payload, _ client: Client, _ now: UInt64) {
    guard !client.isPublisher else { return }
    guard payload.sender < client.nextFrom.count,
      payload.number == client.nextFrom[payload.sender]
    else {
      tally.damaged += 1
      return
    }
    client.nextFrom[payload.sender] = (payload.number + 1) & 0xFF_FFFF
    room.arrived(payload.number, of: payload.sender)
    count(payload, now)
  }

  private func count(_ payload: Payload, _ now: UInt64) {
    guard tally.isMeasuring else { return }
    tally.messages += 1
    tally.latency.add(now > payload.sentAt ? now - payload.sentAt : 0)
  }

  /// Sends what a client owes, in as few records as possible.
  private func sendDue(_ client: Client, _ desk: inout Desk) {
    let now = loop.time.monotonic
    while client.due > 0 {
      client.due -= 1
      send(Payload(sender: 0, number: client.nextToSend, sentAt: now), &desk)
      client.nextToSend = (client.nextToSend + 1) & 0xFF_FFFF
    }
  }

  private func send(_ payload: Payload, _ desk: inout Desk) {
    desk.text.removeAll()
    desk.text.append(wrapping.before)
    payload.append(to: &desk.text, size: options.size)
    desk.text.append(wrapping.behind)
    desk.frames.append(text: desk.text, to: &desk.cork)
  }

  /// The first messages of all clients.
  func beginLoad() {
    isLoading = true
    switch options.scenario {
    case .echo:
      for case let client? in clients {
        client.due = options.inFlight
        sendDue(client, &desk)
        uncork(client, &desk)
      }
    case .fanout: publishDue()
    case .connect, .idle, .lab, .storm: return
    }
  }

  /// Lets every publisher send what it may. At the end of each turn, so that what became possible
  /// by many clients goes out together.
  func publishDue() {
    guard isLoading, options.scenario == .fanout else { return }
    let now = loop.time.monotonic
    for publisher in 0..<options.publishers {
      guard room.due[publisher] > 0, let client = clients[options.connections + publisher] else {
        continue
      }
      while let number = room.publish(publisher) {
        send(Payload(sender: publisher, number: number, sentAt: now), &desk)
      }
      uncork(client, &desk)
    }
  }
}
