internal import CCurl
internal import Loop
internal import PluginKit

/// A thread that talks to other servers, one transfer at a time.
actor TransferLane {
  private let thread: BlockingThread
  private let brake: Curl.Brake
  private lazy var curl = Curl(brake)

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe thread.asUnownedSerialExecutor()
  }

  init(name: String, brake: Curl.Brake) {
    thread = BlockingThread(name: name)
    self.brake = brake
  }

  /// Ends the thread after what it has to do, and waits for that.
  nonisolated func stop() {
    thread.stop()
    thread.join()
  }

  /// An HTTP call; every answer with a status is an answer.
  func call(_ call: WebCall, answerLimit: Int, trusting trust: CallTrust = .system)
    throws(TransferError) -> WebAnswer
  {
    try check(call)
    try curl.begin(call.url, timeoutSeconds: call.timeoutSeconds, answerLimit: answerLimit)
    try curl.set(CURLOPT_PROTOCOLS_STR, "https,http")
    try apply(trust)
    if call.method == "HEAD" { curl.set(CURLOPT_NOBODY, 1) }
    if !call.body.isEmpty || ["POST", "PUT", "PATCH"].contains(call.method) {
      curl.setBody(call.body)
    }
    try curl.set(CURLOPT_CUSTOMREQUEST, call.method)
    try curl.set(CURLOPT_USERAGENT, "muster")
    try curl.set(CURLOPT_ACCEPT_ENCODING, "")
    // Without this libcurl asks before it sends a larger body, and waits a second for the answer.
    let headers = ["Expect:"] + call.headers.map { header($0.name, $0.value) }
    let answer = try curl.perform(CURLOPT_HTTPHEADER, headers)
    return WebAnswer(status: answer.status, body: answer.bytes)
  }

  private func apply(_ trust: CallTrust) throws(TransferError) {
    switch trust {
    case .system: return
    case .systemAnd(let path): curl.setAuthorities(try Authorities.together(with: path))
    case .file(let path): try curl.set(CURLOPT_CAINFO, path)
    case .anyone:
      curl.set(CURLOPT_SSL_VERIFYPEER, 0)
      curl.set(CURLOPT_SSL_VERIFYHOST, 0)
    }
  }

  /// libcurl leaves a header with an empty value out unless it ends in a semicolon.
  private func header(_ name: String, _ value: String) -> String {
    value.isEmpty ? "\(name);" : "\(name): \(value)"
  }

  private func check(_ call: WebCall) throws(TransferError) {
    let isWord = { (text: String) in
      !text.isEmpty && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }
    }
    guard isWord(call.method), call.headers.allSatisfy({ isWord($0.name) }) else {
      throw TransferError(.malformed, "a method or the name of a header")
    }
    guard call.headers.allSatisfy({ $0.value.utf8.allSatisfy { $0 >= 32 || $0 == 9 } }) else {
      throw TransferError(.malformed, "a line end in a header")
    }
  }

  /// Hands a letter to a mail server.
  func deliver(
    _ message: [UInt8], from: String, to: String, over server: MailServer,
    trusting trust: CallTrust = .system
  ) throws(TransferError) {
    try curl.begin(server.url, timeoutSeconds: 60, answerLimit: 65_536)
    try curl.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    try apply(trust)
    let demand = server.allowsPlain ? CURLUSESSL_TRY : CURLUSESSL_ALL
    curl.set(CURLOPT_USE_SSL, Int(demand.rawValue))
    // Letters are rare, and a mail server has better things to do than to wait for the next.
    curl.set(CURLOPT_FORBID_REUSE, 1)
    if !server.user.isEmpty {
      try curl.set(CURLOPT_USERNAME, server.user)
      try curl.set(CURLOPT_PASSWORD, server.password)
    }
    try curl.set(CURLOPT_MAIL_FROM, "<\(from)>")
    curl.setUpload(message)
    _ = try curl.perform(CURLOPT_MAIL_RCPT, ["<\(to)>"])
  }
}

/// Where letters are handed over.
public struct MailServer: Sendable, Hashable {
  /// `smtps://host:465`, or `smtp://host:587` with STARTTLS.
  public var url: String
  public var user: String
  public var password: String
  /// Sends without encryption if the server has none.
  public var allowsPlain: Bool

  public init(url: String, user: String = "", password: String = "", allowsPlain: Bool = false) {
    self.url = url
    self.user = user
    self.password = password
    self.allowsPlain = allowsPlain
  }
}
