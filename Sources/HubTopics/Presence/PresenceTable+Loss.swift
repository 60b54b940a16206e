extension PresenceTable.Loss {
  /// The loss that the first close frame of a connection stands for, from either side.
  ///
  /// - Parameter lastByte: when the connection was heard last, by the clock of the table.
  package init(closeCode: UInt16, lastByte: Int64) {
    switch closeCode {
    // 1005 stands for a close frame without a code: a browser's plain `close()`.
    case 1000, 1005: self = .bye
    case 1001: self = .goingAway
    // 40xx: we told the client to stay away. 42xx: we asked it to come back somewhere else.
    case 4000..<4100: self = .ended
    case 4200..<4300: self = .drained
    // 41xx and everything that went wrong: the client comes back if it can.
    default: self = .broken(lastByte: lastByte)
    }
  }
}
