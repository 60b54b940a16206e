internal import JSON
internal import PluginKit

/// The errors of a call around its handler, in the words of its system.
///
/// The statuses and bodies are made by the very error shape that makes the answers, so that the
/// documents cannot say anything else.
struct ErrorResponses {
  struct Trouble {
    let status: Int
    let contentType: String
    var meanings: [String]
    let example: JSONValue?
  }

  /// One for each status and type of content.
  private(set) var all: [Trouble] = []

  init(_ route: Route, at path: String, _ method: Method) {
    for (code, meaning) in ErrorResponses.meanings(for: route.operation, method) {
      let error = PluginError(code, meaning.lowercased())
      add(route.shape(error, Request(method, path)), meaning)
    }
  }

  private static func meanings(
    for operation: Operation, _ method: Method
  ) -> [(PluginError.Code, String)] {
    var found: [(PluginError.Code, String)] = [(.unreadableBody, "It cannot be read.")]
    if operation.body != nil || !operation.parameters.isEmpty {
      found.append((.invalid, "Something is missing or makes no sense."))
    }
    if operation.parameters.contains(where: { $0.place == .path }) {
      found.append((.notFound, "There is nothing of this name."))
    }
    switch operation.access {
    case .anyone:
      guard operation.changes(by: method) else { break }
      found.append((.forbidden, "Not for pages of other sites."))
    case .signedIn, .anyRole, .openNetworks, .keyHolder:
      found += [(.unauthorized, "Nobody is logged in."), (.forbidden, "Not for this caller.")]
    }
    return found + [
      (.tooLarge, "Too much."), (.tooManyRequests, "Too many calls."),
      (.failure, "The server is at fault."), (.unavailable, "Not now; try again."),
      (.timeout, "It took too long."),
    ]
  }

  private mutating func add(_ response: Response, _ meaning: String) {
    let type = ErrorResponses.essence(response.contentType)
    let known = all.firstIndex { $0.status == response.status && $0.contentType == type }
    guard let known else {
      all.append(
        Trouble(
          status: response.status, contentType: type, meanings: [meaning],
          example: ErrorResponses.example(response)))
      return
    }
    all[known].meanings.append(meaning)
  }

  /// `application/json` of `application/json; charset=utf-8`.
  private static func essence(_ contentType: String?) -> String {
    (contentType ?? "text/plain").split(separator: ";").first.map { String($0) } ?? ""
  }

  private static func example(_ response: Response) -> JSONValue? {
    guard case .bytes(let bytes) = response.body else { return nil }
    return (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
  }
}
