internal import Bytes
internal import HTTP
internal import PluginHost

/// A connection that speaks HTTP: the state of its exchange, and what the server keeps to perform
/// the steps of it.
final class HTTPConversation {
  var exchange: HTTPExchange<Endpoint>
  /// The admitted request whose body is being taken in.
  var admitted: RouteRunner.AdmittedCall?
  /// A form with files that is being taken in.
  var upload: UploadReceiver?
  /// Whether the connection ends with the file that is being sent.
  var closesAfterAnswer = false
  /// Where the current request leads, with the places of its path parameters.
  var match: RouteMatch?
  /// The methods that its path takes, if the request asked for them.
  var methods: MethodSet = []
  var task: Task<Void, Never>?

  init(_ limits: RequestParser.Limits) { exchange = HTTPExchange(limits) }

  /// Bytes of memory for a request that is not answered yet.
  var memory: Int { exchange.memory + (upload?.waitingBytes ?? 0) }
}

extension Connection {
  /// The requests of this connection, while it speaks HTTP.
  @inline(__always) var http: HTTPConversation? { conversation(as: HTTPConversation.self) }

  /// The connection shakes hands, or its first request has not come whole yet.
  var awaitsFirstRequest: Bool {
    phase == .handshaking || http.map { $0.exchange.number == 0 } ?? false
  }
}
