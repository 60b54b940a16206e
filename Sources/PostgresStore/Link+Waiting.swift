internal import CPostgres
internal import Glibc
internal import Loop
internal import Storage

extension Link {
  /// Waits for the answer to what was sent.
  /// - Parameter sent: what the library said when it was asked to send; 0 is a failure.
  func finish(_ sent: Int32) throws(StoreError) -> Answer {
    guard sent == 1 else { throw lost() }
    // Until the whole answer is there.
    isUncertain = true
    let limit = isPatient ? Duration.seconds(86_400) : options.statementLimit + .seconds(2)
    let deadline = time.monotonic + limit.nanoseconds
    try flush(deadline)
    var answer = Answer()
    var failure: PostgresFailure?
    while let result = try nextResult(deadline) {
      // The first one is the reason; what follows is the library's word for a link that is gone.
      if let found = result.failure { failure = failure ?? found } else { answer = result.answer() }
    }
    isUncertain = false
    // The server may say goodbye in a last result; the link is gone then all the same.
    if unsafe PQstatus(handle) != CONNECTION_OK {
      isBroken = true
      isDismissed = failure?.isDismissal == true
      isUncertain = !isDismissed
    }
    guard let failure else {
      if isBroken { throw lost() }
      return answer
    }
    // A failure without a state is the library's own, about the connection.
    if isBroken && failure.state.isEmpty { throw lost() }
    if failure.mayBeRepeated { isRepetitionWanted = true }
    throw failure.error
  }

  private func flush(_ deadline: UInt64) throws(StoreError) {
    while true {
      switch unsafe PQflush(handle) {
      case 0: return
      case 1:
        try wait(for: Int16(POLLIN | POLLOUT), deadline)
        // The server may be unable to read on before we have read what it says.
        if unsafe PQconsumeInput(handle) == 0 { return }
      // Broken; but the server's last words may be here already, and are the better reason.
      default: return
      }
    }
  }

  private func nextResult(_ deadline: UInt64) throws(StoreError) -> ServerResult? {
    while unsafe PQisBusy(handle) != 0 {
      try wait(for: Int16(POLLIN), deadline)
      // At the end of the connection its last words are still to be had as a result.
      if unsafe PQconsumeInput(handle) == 0 { break }
    }
    guard let result = unsafe PQgetResult(handle) else { return nil }
    switch unsafe PQresultStatus(result) {
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      // Would go on for ever with rows that nobody sends.
      unsafe PQclear(result)
      throw lost()
    default: return unsafe ServerResult(owning: result)
    }
  }

  private func wait(for events: Int16, _ deadline: UInt64) throws(StoreError) {
    var descriptor = pollfd(fd: unsafe PQsocket(handle), events: events, revents: 0)
    while true {
      let now = time.monotonic
      guard now < deadline else { throw lost() }
      let milliseconds = Int32(clamping: (deadline - now) / 1_000_000 + 1)
      switch unsafe poll(&descriptor, 1, milliseconds) {
      case 1...: return
      case 0: continue
      default: if errno != EINTR { throw lost() }
      }
    }
  }

  func lost() -> StoreError {
    isBroken = true
    let words = unsafe PQerrorMessage(handle).map { unsafe String(cString: $0) }
    return StoreError(.unavailable, "the connection to PostgreSQL was lost", detail: words)
  }
}
