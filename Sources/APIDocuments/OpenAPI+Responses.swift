internal import JSON
internal import PluginKit

// The answers of a call: those declared for its handler, and the errors around it.
extension OpenAPI {
  /// Requests that are refused before any system sees them are answered in plain text.
  private static let refused: JSONValue = [
    "description": "What is no proper request is refused before it gets here, in plain text.",
    "content": ["text/plain": ["schema": ["type": "string"]]],
  ]

  /// The statuses of such refusals that systems have answers with, too: a malformed request, and
  /// more connections than may be.
  private static let shared = [400, 429, 503].map {
    Entry(
      status: $0, meaning: "", contentType: "text/plain", schema: ["type": "string"], example: nil)
  }

  mutating func responses(_ operation: Operation) -> JSONObject {
    finished(operation.answers.map { declared($0) }, of: operation, "server")
  }

  /// The answers of `plugin` there.
  mutating func responses(
    _ route: Route, of plugin: String, at path: String, _ method: Method
  ) -> JSONObject {
    var all = route.operation.answers.map { declared($0) }
    for trouble in ErrorResponses(route, at: path, method).all {
      all.append(
        Entry(
          status: trouble.status, meaning: trouble.meanings.joined(separator: " "),
          contentType: trouble.contentType, schema: schemas.json(route.failure),
          example: trouble.example))
    }
    return finished(all + OpenAPI.shared, of: route.operation, plugin)
  }

  private struct Entry {
    let status: Int
    let meaning: String
    let contentType: String?
    let schema: JSONValue?
    let example: JSONValue?
  }

  private mutating func declared(_ answer: Operation.Answer) -> Entry {
    // JSON of which nothing is said is no body at all.
    let isEmpty =
      answer.schema == nil && answer.example == nil && answer.contentType == "application/json"
    return Entry(
      status: answer.status, meaning: answer.meaning,
      contentType: isEmpty ? nil : answer.contentType,
      schema: answer.schema.map { schemas.json($0) },
      example: answer.example)
  }

  /// One object per status; where several answers share it, its body is any of theirs. Answers that
  /// the operation does not declare are the same for many calls, and stand in the document once.
  private mutating func finished(
    _ entries: [Entry], of operation: Operation, _ plugin: String
  ) -> JSONObject {
    let own = Set(operation.answers.map(\.status))
    var responses: JSONObject = [:]
    for status in Set(entries.map(\.status)).sorted() {
      let same = entries.filter { $0.status == status }
      var object: JSONObject = [
        "description": .string(same.map(\.meaning).filter { !$0.isEmpty }.joined(separator: " "))
      ]
      var content: JSONObject = [:]
      for type in same.compactMap(\.contentType) where content[type] == nil {
        content[type] = media(same.filter { $0.contentType == type })
      }
      if !content.isEmpty { object["content"] = .object(content) }
      responses[String(status)] =
        own.contains(status) ? .object(object) : share(.object(object), as: "\(plugin)_\(status)")
    }
    responses["default"] = share(OpenAPI.refused, as: "refused")
    return responses
  }

  /// Points to a response that stands once in the document, under this name or one like it.
  private mutating func share(_ response: JSONValue, as name: String) -> JSONValue {
    var key = name
    var number = 1
    while let known = answers[key], known != response {
      number += 1
      key = "\(name)_\(number)"
    }
    answers[key] = response
    return ["$ref": .string("#/components/responses/\(key)")]
  }

  private func media(_ entries: [Entry]) -> JSONValue {
    var choices: [JSONValue] = []
    for schema in entries.compactMap(\.schema) where !choices.contains(schema) {
      choices.append(schema)
    }
    var media: JSONObject = [:]
    // Nothing is known of one of them: so nothing of all.
    if entries.allSatisfy({ $0.schema != nil }), let first = choices.first {
      media["schema"] = choices.count == 1 ? first : ["anyOf": .array(choices)]
    }
    media["example"] = entries.compactMap(\.example).first
    return .object(media)
  }
}
