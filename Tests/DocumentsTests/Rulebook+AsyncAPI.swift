import JSON

extension Rulebook {
  /// AsyncAPI 3.
  static let asyncAPI = Rulebook(
    root: "document",
    kinds: [
      "document": Kind(
        required: ["asyncapi", "info"],
        members: [
          "asyncapi": .choice(["3.0.0"]), "id": .text, "info": .kind("info"),
          "servers": .map(.orReference("server")), "defaultContentType": .text,
          "channels": .map(.orReference("channel")),
          "operations": .map(.orReference("operation")), "components": .kind("components"),
        ]),
      "info": Kind(
        required: ["title", "version"],
        members: [
          "title": .text, "version": .text, "description": .text, "termsOfService": .text,
          "contact": .anything, "license": .anything, "tags": .list(.kind("tag")),
          "externalDocs": .anything,
        ]),
      "server": Kind(
        required: ["host", "protocol"],
        members: [
          "host": .text, "protocol": .text, "protocolVersion": .text, "pathname": .text,
          "description": .text, "title": .text, "summary": .text, "variables": .anything,
          "security": .list(.anything), "tags": .list(.kind("tag")), "externalDocs": .anything,
          "bindings": .anything,
        ]),
      "channel": Kind(members: [
        "address": .oneOf([.text, .null]), "messages": .map(.orReference("message")),
        "title": .text, "summary": .text, "description": .text, "servers": .list(.reference),
        "parameters": .map(.orReference("parameter")), "tags": .list(.kind("tag")),
        "externalDocs": .anything, "bindings": .anything,
      ]),
      "operation": Kind(
        required: ["action", "channel"],
        members: [
          "action": .choice(["send", "receive"]), "channel": .reference, "title": .text,
          "summary": .text, "description": .text, "security": .list(.anything),
          "tags": .list(.kind("tag")), "externalDocs": .anything, "bindings": .anything,
          "traits": .anything, "messages": .list(.reference), "reply": .kind("reply"),
        ]),
      "reply": Kind(members: [
        "address": .anything, "channel": .reference, "messages": .list(.reference),
      ]),
      "message": Kind(members: [
        "headers": .kind("schema"), "payload": .kind("schema"), "correlationId": .anything,
        "contentType": .text, "name": .text, "title": .text, "summary": .text,
        "description": .text, "tags": .list(.kind("tag")), "externalDocs": .anything,
        "bindings": .anything, "examples": .list(.anything), "traits": .anything,
      ]),
      "parameter": Kind(members: [
        "enum": .list(.text), "default": .text, "description": .text, "examples": .list(.text),
        "location": .text,
      ]),
      "tag": Kind(
        required: ["name"],
        members: ["name": .text, "description": .text, "externalDocs": .anything]),
      "components": Kind(members: ["schemas": .map(.kind("schema"))]),
      "schema": schema,
    ])
}
