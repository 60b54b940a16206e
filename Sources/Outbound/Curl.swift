internal import CCurl
internal import Synchronization

/// One transfer after another over one libcurl handle, which keeps its connections between them.
///
/// Belongs to one thread, which it blocks.
@safe final class Curl {
  /// Told to every transfer that is under way when the server stops.
  final class Brake: Sendable {
    private let isPulled = Atomic(false)
    func pull() { isPulled.store(true, ordering: .relaxed) }
    var wasPulled: Bool { isPulled.load(ordering: .relaxed) }
  }

  private let handle: UnsafeMutableRawPointer
  private let brake: Brake
  /// Where libcurl says what went wrong.
  private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var inbox = Inbox()
  private var outbox = Outbox()

  private static let library: Void = {
    let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    precondition(code == CURLE_OK, "libcurl cannot be used")
  }()

  init(_ brake: Brake) {
    _ = Curl.library
    guard let handle = unsafe curl_easy_init() else {
      preconditionFailure("no memory for a transfer")
    }
    unsafe self.handle = handle
    self.brake = brake
  }

  deinit {
    unsafe curl_easy_cleanup(handle)
    unsafe words.deallocate()
  }

  /// Bytes received during a transfer.
  private final class Inbox {
    var bytes: [UInt8] = []
    var limit = Int.max
    var isTooLarge = false
  }

  /// Bytes to send during a transfer.
  private final class Outbox {
    var bytes: [UInt8] = []
    var position = 0
  }

  /// Forgets the transfer before, but not its connections.
  func begin(_ url: String, timeoutSeconds: Int, answerLimit: Int) throws(TransferError) {
    unsafe curl_easy_reset(handle)
    inbox = Inbox()
    inbox.limit = answerLimit
    outbox = Outbox()
    unsafe words.pointee = 0
    unsafe muster_curl_words(handle, words)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_TIMEOUT_MS, max(1, timeoutSeconds) * 1000)
    set(CURLOPT_CONNECTTIMEOUT_MS, min(max(1, timeoutSeconds), 10) * 1000)
    try set(CURLOPT_URL, url)
    // Both contexts live as long as this object, and it lives until the transfer is over.
    unsafe muster_curl_writer(handle, Curl.take, Unmanaged.passUnretained(inbox).toOpaque())
    unsafe muster_curl_watch(handle, Curl.watch, Unmanaged.passUnretained(brake).toOpaque())
  }

  func set(_ option: CURLoption, _ value: Int) {
    unsafe muster_curl_number(handle, option, value)
  }

  func set(_ option: CURLoption, _ value: String) throws(TransferError) {
    // libcurl reads up to a zero byte, so what stands behind one would be lost silently.
    guard !value.utf8.contains(0) else { throw TransferError(.malformed, "a zero byte") }
    guard unsafe muster_curl_text(handle, option, value) == CURLE_OK else {
      throw TransferError(.malformed, "a text that cannot be used")
    }
  }

  /// Trusts these authorities, in PEM, instead of the file that libcurl knows.
  func setAuthorities(_ bytes: [UInt8]) {
    _ = unsafe muster_curl_blob(handle, CURLOPT_CAINFO_BLOB, bytes, bytes.count)
  }

  func setBody(_ bytes: [UInt8]) {
    unsafe muster_curl_body(handle, bytes, curl_off_t(bytes.count))
  }

  func setUpload(_ bytes: [UInt8]) {
    outbox.bytes = bytes
    set(CURLOPT_UPLOAD, 1)
    unsafe muster_curl_reader(
      handle, Curl.give, Unmanaged.passUnretained(outbox).toOpaque(), curl_off_t(bytes.count))
  }

  /// Runs the transfer with a list of texts in one of its options, which must live that long.
  func perform(_ option: CURLoption, _ texts: [String]) throws(TransferError)
    -> (status: Int, bytes: [UInt8])
  {
    var list: UnsafeMutablePointer<curl_slist>?
    for text in texts { unsafe list = curl_slist_append(list, text) }
    defer { unsafe curl_slist_free_all(list) }
    unsafe muster_curl_list(handle, option, list)
    let code = unsafe curl_easy_perform(handle)
    unsafe muster_curl_list(handle, option, nil)
    let status = unsafe muster_curl_status(handle)
    guard code == CURLE_OK else { throw failure(code, status) }
    return (status, inbox.bytes)
  }

  private func failure(_ code: CURLcode, _ status: Int) -> TransferError {
    if inbox.isTooLarge { return TransferError(.tooLarge, "the answer is too large") }
    let text = unsafe String(cString: curl_easy_strerror(code))
    let kind: TransferError.Code =
      switch code {
      case CURLE_OPERATION_TIMEDOUT: .timeout
      case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: .unreachable
      // A line that broke, or a mail server that said no: only its number tells.
      case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_WEIRD_SERVER_REPLY:
        status >= 400 ? .refused : .unreachable
      case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED,
        CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM:
        .encryption
      case CURLE_LOGIN_DENIED: .login
      case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .malformed
      case CURLE_ABORTED_BY_CALLBACK: .stopped
      default: .other
      }
    // Only these words name the problem of a certificate; elsewhere they repeat addresses.
    let words = unsafe String(cString: words)
    return TransferError(
      kind, kind == .encryption && !words.isEmpty ? words : text,
      status: status == 0 ? nil : status)
  }

  private static let take: muster_curl_mover = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let inbox = unsafe Unmanaged<Inbox>.fromOpaque(context).takeUnretainedValue()
    guard inbox.bytes.count + size * count <= inbox.limit else {
      inbox.isTooLarge = true
      return 0
    }
    let portion = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    unsafe inbox.bytes.append(contentsOf: portion)
    return size * count
  }

  private static let give: muster_curl_mover = { room, size, count, context in
    guard let room = unsafe room, let context = unsafe context else { return 0 }
    let outbox = unsafe Unmanaged<Outbox>.fromOpaque(context).takeUnretainedValue()
    let portion = min(size * count, outbox.bytes.count - outbox.position)
    unsafe outbox.bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, portion > 0 else { return }
      unsafe UnsafeMutableRawPointer(room).copyMemory(
        from: start + outbox.position, byteCount: portion)
    }
    outbox.position += portion
    return portion
  }

  private static let watch: muster_curl_watcher = { context, _, _, _, _ in
    guard let context = unsafe context else { return 0 }
    return unsafe Unmanaged<Brake>.fromOpaque(context).takeUnretainedValue().wasPulled ? 1 : 0
  }
}
