internal import Bytes
internal import HTTP
internal import Loop
internal import PluginKit
internal import WebSocket

// Reports of the transport go to the conversation of the connection.
extension Worker: ConnectionHandler {
  func opened(_ connection: Connection) { http.opened(connection) }

  func received(_ connection: Connection, _ buffers: inout IOBuffers) {
    if let link = connection.link {
      if link.early.isEmpty {
        webSockets.takeFrames(connection, link, &buffers, on: self) { text in
          receive(text, connection, link)
        }
      } else {
        link.early.append(buffers.plaintextIn)
      }
    } else if let conversation = connection.http {
      conversation.exchange.received(buffers.plaintextIn.bytes)
      serve(connection, conversation)
    }
    finishInput(connection, &buffers)
  }

  func resumed(_ connection: Connection, _ buffers: inout IOBuffers) {
    if let link = connection.link {
      webSockets.takeEarlyFrames(connection, link, &buffers, on: self) { text in
        receive(text, connection, link)
      }
    } else if let conversation = connection.http {
      serve(connection, conversation)
    }
    finishInput(connection, &buffers)
  }

  /// A text message of a client.
  private func receive(_ text: Span<UInt8>, _ connection: Connection, _ link: WebSocketLink) {
    switch link.speaker {
    case .echo: return
    case .hub(let session): sessions.receive(text, connection, session, on: self)
    case .dialect(let dialect): dialects.receive(text, connection, dialect, on: self)
    }
  }

  private func serve(_ connection: Connection, _ conversation: HTTPConversation) {
    while let upgrade = http.serve(connection, conversation, on: self) {
      self.upgrade(connection, conversation, upgrade)
    }
  }

  private func upgrade(
    _ connection: Connection, _ conversation: HTTPConversation, _ upgrade: Upgrade
  ) {
    guard let agreed = webSockets.acceptance(upgrade, connection, conversation, on: self),
      let request = http.request(of: upgrade, connection, conversation, on: self)
    else { return }
    switch upgrade.kind {
    case .echo: webSockets.openEcho(connection, conversation, agreed, on: self)
    case .hub: sessions.open(connection, conversation, agreed, request, on: self)
    case .dialect(let index):
      dialects.open(connection, conversation, agreed, request, index, on: self)
    }
  }

  private func finishInput(_ connection: Connection, _ buffers: inout IOBuffers) {
    if !buffers.plaintextOut.isEmpty { transport.sendPlaintext(connection, &buffers, on: self) }
    heldInputChanged(connection)
  }

  func heldInputChanged(_ connection: Connection) {
    if let link = connection.link {
      webSockets.chargeInput(connection, link, on: self)
    } else if let conversation = connection.http {
      http.chargeInput(connection, conversation, on: self)
    }
  }

  func inputEnded(_ connection: Connection) {
    if let conversation = connection.http {
      http.inputEnded(connection, conversation, on: self)
    } else {
      transport.drop(connection, .lost, on: self)
    }
  }

  func timerFired(_ connection: Connection) {
    if let link = connection.link {
      webSockets.heartbeat(connection, link, on: self)
    } else if let conversation = connection.http {
      http.timerFired(connection, conversation, on: self)
    }
  }

  func hasRoom(_ connection: Connection) {
    if let conversation = connection.http { http.hasRoom(connection, conversation) }
  }

  func stalled(_ connection: Connection) { webSockets.watchStall(connection) }

  func fellBehind(_ connection: Connection, _ backlog: Backlog) {
    switch backlog {
    case .unread: webSockets.closeSlow(connection, on: self)
    case .unsettled: webSockets.close(connection, .insufficientState, on: self)
    }
  }

  func ended(_ connection: Connection, _ how: ConnectionEnding) {
    if let link = connection.link {
      let ending = webSockets.ended(connection, link, how)
      switch link.speaker {
      case .echo: return
      case .hub(let session): sessions.ended(session, connection, ending, on: self)
      case .dialect(let dialect): dialects.ended(dialect, connection, ending, on: self)
      }
    } else if let conversation = connection.http {
      http.ended(conversation, on: self)
    }
  }

  func answerPlainHTTP(into output: inout ByteBuffer) {
    http.writer.answerPlainHTTP(into: &output)
  }
}
