package import JSON
package import PluginHost
internal import PluginKit

/// The OpenAPI 3.1 document of everything that is registered. Never written by hand.
package struct OpenAPI {
  var schemas = SchemaWriter()
  /// Responses that many calls have.
  var answers: JSONObject = [:]
  private var paths: JSONObject = [:]
  private var schemes: JSONObject = [
    "bearerToken": ["type": "http", "scheme": "bearer"]
  ]
  private var tags: [JSONValue] = []

  package static func document(
    units: [LoadedPlugin], own: [(path: String, call: OwnCall)], version: String
  ) -> JSONValue {
    var document = OpenAPI()
    document.add(own)
    for unit in units { document.add(unit) }
    return document.finished(version)
  }

  private mutating func add(_ own: [(path: String, call: OwnCall)]) {
    tags.append(["name": "server", "description": "The server itself."])
    for (path, call) in own {
      let operation = operation(
        call.operation, responses(call.operation), id: "server:\(path)", tag: "server",
        security: nil)
      insert(operation, at: path, .get)
    }
  }

  private mutating func add(_ unit: LoadedPlugin) {
    guard !unit.routes.isEmpty else { return }
    tags.append(["name": .string(unit.name)])
    for authenticator in unit.authenticators {
      schemes[authenticator.name] = OpenAPI.scheme(authenticator.scheme)
    }
    let ways = unit.authenticators.map(\.name) + ["bearerToken"]
    for route in unit.routes {
      for path in route.paths {
        for method in route.methods {
          let id = "\(unit.name):\(method.rawValue.lowercased()):\(path)"
          let operation = operation(
            route.operation, responses(route, of: unit.name, at: path, method), id: id,
            tag: unit.name,
            security: security(route, ways))
          insert(operation, at: path, method)
        }
      }
    }
  }

  private func security(_ route: Route, _ ways: [String]) -> [JSONValue]? {
    switch route.operation.access {
    case .anyone: nil
    case .keyHolder: [["bearerToken": []]]
    case .signedIn, .anyRole: ways.map { .object([$0: []]) }
    case .openNetworks: [[:]] + ways.map { .object([$0: []]) }
    }
  }

  private static func scheme(_ scheme: Authenticator.Scheme) -> JSONValue {
    switch scheme {
    case .http(let name): ["type": "http", "scheme": .string(name)]
    case .header(let name): ["type": "apiKey", "in": "header", "name": .string(name)]
    case .cookie(let name): ["type": "apiKey", "in": "cookie", "name": .string(name)]
    }
  }

  private mutating func insert(_ operation: JSONValue, at path: String, _ method: Method) {
    let written = OpenAPI.template(path)
    var item = paths[written]?.object ?? [:]
    item[method.rawValue.lowercased()] = operation
    paths[written] = .object(item)
  }

  /// `/rooms/:room` is written `/rooms/{room}`.
  static func template(_ path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      part.hasPrefix(":") || part.hasPrefix("*") ? "{\(part.dropFirst())}" : String(part)
    }
    let joined = parts.joined(separator: "/")
    return joined.isEmpty ? "/" : joined
  }

  private mutating func operation(
    _ operation: Operation, _ responses: JSONObject, id: String, tag: String,
    security: [JSONValue]?
  ) -> JSONValue {
    var object: JSONObject = [
      "operationId": .string(id), "summary": .string(operation.summary),
      "tags": [.string(tag)],
    ]
    if let details = operation.details { object["description"] = .string(details) }
    if !operation.parameters.isEmpty {
      object["parameters"] = .array(parameters(operation.parameters))
    }
    if let body = operation.body { object["requestBody"] = requestBody(body) }
    object["responses"] = .object(responses)
    if let security { object["security"] = .array(security) }
    return .object(object)
  }

  private mutating func parameters(_ parameters: [Operation.Parameter]) -> [JSONValue] {
    var written: [JSONValue] = []
    for parameter in parameters {
      var object: JSONObject = [
        "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
        "required": .bool(parameter.isRequired), "description": .string(parameter.note),
        "schema": schemas.json(parameter.schema),
      ]
      if let example = parameter.example { object["example"] = example }
      written.append(.object(object))
    }
    return written
  }

  private mutating func requestBody(_ body: Operation.RequestBody) -> JSONValue {
    var content: JSONObject = [:]
    for kind in body.kinds {
      switch kind {
      case .json(let schema):
        content["application/json"] = media(schemas.json(schema), body.example)
      case .form(let fields):
        content["application/x-www-form-urlencoded"] = media(schemas.object(fields), nil)
      case .upload(let fields):
        content["multipart/form-data"] = media(schemas.object(fields), nil)
      }
    }
    return ["required": .bool(body.isRequired), "content": .object(content)]
  }

  private func media(_ schema: JSONValue, _ example: JSONValue?) -> JSONValue {
    var object: JSONObject = ["schema": schema]
    if let example { object["example"] = example }
    return .object(object)
  }

  private func finished(_ version: String) -> JSONValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "Muster", "version": .string(version),
        "description": "Everything this server answers over HTTPS.",
      ],
      "servers": [["url": "/"]],
      "tags": .array(tags),
      "paths": .object(paths),
      "components": [
        "schemas": .object(schemas.named), "responses": .object(answers),
        "securitySchemes": .object(schemes),
      ],
    ]
  }
}
