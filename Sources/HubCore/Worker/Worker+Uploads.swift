internal import Bytes
internal import HTTP
internal import PluginKit

// Forms with files: to disk while they arrive.
extension Worker {
  /// Prepares for a form with files, where the route takes one and the client sends one.
  func makeIntake(_ head: RequestHead, _ endpoint: Endpoint) throws(HTTPError) -> UploadIntake? {
    guard endpoint.takesUploads else { return nil }
    var bounds = MultipartParser.Limits()
    bounds.total = endpoint.bodyLimit(default: limits.requestBody)
    bounds.fieldBytes = limits.requestBody
    guard let parser = try MultipartParser(head.headers, limits: bounds) else { return nil }
    return UploadIntake(parser: parser, disk: house.disk, folder: house.uploadFolder)
  }

  /// Takes in what has arrived; true once the form is whole and on disk.
  func takeUpload(
    _ intake: UploadIntake, _ connection: Connection, _ exchange: HTTPExchange
  ) throws(HTTPError) -> Bool {
    let isWhole = try exchange.parser.readBody(&exchange.input, into: &exchange.body)
    while let event = try intake.parser.next(&exchange.body) { try intake.add(event) }
    if isWhole && !intake.isFinished { throw HTTPError(.malformedMultipart) }
    if intake.waitingBytes > UploadIntake.mostWaiting { stopReading(connection) }
    let token = connection.token
    let number = exchange.number
    // Without the second half an upload that waits for the network would call itself for ever.
    if !intake.isWorking && intake.hasWork {
      Task.immediate {
        await intake.work()
        uploadProgressed(token, number)
      }
    }
    return isWhole && !intake.isWorking && !intake.hasWork
  }

  /// The disk does not take a form: not its sender's fault.
  func refuseUpload(
    _ connection: Connection, _ exchange: HTTPExchange, _ head: RequestHead, _ endpoint: Endpoint
  ) {
    guard case .route(let unit, let route) = endpoint else { return }
    house.log.error("an upload cannot be stored", ["plugin": unit.name, "path": head.path])
    let error = PluginError(.unavailable, "the upload cannot be stored", retryAfterSeconds: 5)
    exchange.isLast = true
    answer(connection, exchange, head, route.shape(error, Request(.post, head.path)))
  }

  /// Deletes what is left of an upload.
  func discardUpload(_ exchange: HTTPExchange) {
    guard let intake = exchange.intake.take() else { return }
    Task.immediate { await intake.discard() }
  }

  private func uploadProgressed(_ token: UInt64, _ number: UInt64) {
    guard let connection = connections[token], case .http(let exchange) = connection.stage,
      exchange.number == number, case .body = exchange.state
    else { return }
    startReading(connection)
    answered.append(connection)
  }
}
