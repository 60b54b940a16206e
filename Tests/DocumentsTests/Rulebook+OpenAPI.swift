import JSON

extension Rulebook {
  /// OpenAPI 3.1.
  static let openAPI = Rulebook(root: "document", kinds: documentKinds.merging(callKinds) { $1 })

  private static let documentKinds: [String: Kind] = [
    "document": Kind(
      required: ["openapi", "info", "paths"],
      members: [
        "openapi": .choice(["3.1.0", "3.1.1"]), "info": .kind("info"), "jsonSchemaDialect": .text,
        "servers": .list(.kind("server")), "paths": .map(.kind("path item")),
        "webhooks": .map(.kind("path item")), "components": .kind("components"),
        "security": .list(.map(.list(.text))), "tags": .list(.kind("tag")),
        "externalDocs": .kind("external docs"),
      ],
      also: { document in
        let paths = document["paths"]?.object?.map(\.key) ?? []
        return paths.first { !$0.hasPrefix("/") }.map { "the path \($0) has no slash before it" }
      }),
    "info": Kind(
      required: ["title", "version"],
      members: [
        "title": .text, "summary": .text, "description": .text, "termsOfService": .text,
        "contact": .anything, "license": .anything, "version": .text,
      ]),
    "server": Kind(
      required: ["url"], members: ["url": .text, "description": .text, "variables": .anything]),
    "tag": Kind(
      required: ["name"],
      members: ["name": .text, "description": .text, "externalDocs": .kind("external docs")]),
    "external docs": Kind(required: ["url"], members: ["url": .text, "description": .text]),
    "components": Kind(members: [
      "schemas": .map(.kind("schema")), "responses": .map(.orReference("response")),
      "parameters": .map(.orReference("parameter")), "examples": .anything,
      "requestBodies": .map(.orReference("request body")), "headers": .anything,
      "securitySchemes": .map(.orReference("security scheme")), "links": .anything,
      "callbacks": .anything, "pathItems": .map(.kind("path item")),
    ]),
    "security scheme": Kind(
      required: ["type"],
      members: [
        "type": .choice(["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"]),
        "description": .text, "name": .text, "in": .choice(["query", "header", "cookie"]),
        "scheme": .text, "bearerFormat": .text, "flows": .anything, "openIdConnectUrl": .text,
      ],
      also: { scheme in
        let needed = ["apiKey": ["name", "in"], "http": ["scheme"], "oauth2": ["flows"]]
        let missing = needed[scheme["type"]?.string ?? ""]?.first { scheme[$0] == nil }
        return missing.map { "a scheme of that type without \($0)" }
      }),
    "schema": schema,
  ]

  private static let callKinds: [String: Kind] = [
    "path item": Kind(
      members: [
        "$ref": .text, "summary": .text, "description": .text,
        "servers": .list(.kind("server")), "parameters": .list(.orReference("parameter")),
      ].merging(methods.map { ($0, .kind("operation")) }) { $1 }),
    "operation": Kind(
      // The format lets an operation have no answers; ours have.
      required: ["responses", "operationId"],
      members: [
        "tags": .list(.text), "summary": .text, "description": .text,
        "externalDocs": .kind("external docs"), "operationId": .text,
        "parameters": .list(.orReference("parameter")),
        "requestBody": .orReference("request body"), "responses": .map(.orReference("response")),
        "callbacks": .anything, "deprecated": .flag, "security": .list(.map(.list(.text))),
        "servers": .list(.kind("server")),
      ],
      also: { operation in
        operation["responses"]?.object?.map(\.key).first { !isStatus($0) }
          .map { "\($0) is no status" }
      }),
    "parameter": Kind(
      required: ["name", "in"],
      members: [
        "name": .text, "in": .choice(["query", "header", "path", "cookie"]),
        "description": .text, "required": .flag, "deprecated": .flag, "allowEmptyValue": .flag,
        "style": .text, "explode": .flag, "allowReserved": .flag, "schema": .kind("schema"),
        "content": .map(.kind("media type")), "example": .anything, "examples": .anything,
      ],
      also: { parameter in
        if (parameter["schema"] == nil) == (parameter["content"] == nil) {
          return "a parameter has a schema or a content"
        }
        if parameter["in"] == "path" && parameter["required"] != true {
          return "a part of the path is required"
        }
        return nil
      }),
    "request body": Kind(
      required: ["content"],
      members: [
        "description": .text, "content": .map(.kind("media type")), "required": .flag,
      ]),
    "media type": Kind(members: [
      "schema": .kind("schema"), "example": .anything, "examples": .anything,
      "encoding": .anything,
    ]),
    "response": Kind(
      required: ["description"],
      members: [
        "description": .text, "headers": .anything, "content": .map(.kind("media type")),
        "links": .anything,
      ]),
  ]

  static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

  private static func isStatus(_ text: String) -> Bool {
    if text == "default" { return true }
    guard let status = Int(text) else { return false }
    return (100...599).contains(status)
  }
}
