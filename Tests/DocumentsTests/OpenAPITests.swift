import HubCore
import JSON
import PluginKit
import Testing

@Suite struct `The document of the calls` {
  @Test func `follows the format`() async throws {
    try await Papers.with { papers in
      #expect(Rulebook.openAPI.faults(of: papers.calls) == [])
    }
  }

  @Test func `has every call that is registered, and no other`() async throws {
    try await Papers.with { papers in
      #expect(documented(papers.calls) == papers.registered)
    }
    try await Papers.with(hiding: ["chat"]) { papers in
      let missing = papers.registered.subtracting(documented(papers.calls))
      #expect(missing.contains("POST /chat/auth/login"))
    }
  }

  @Test func `names each call once`() async throws {
    try await Papers.with { papers in
      let names = operations(papers.calls).compactMap { $0.operation["operationId"]?.string }
      #expect(names.count == operations(papers.calls).count)
      #expect(Set(names).count == names.count)
    }
  }

  @Test func `describes just the parts of a path that are in it`() async throws {
    try await Papers.with { papers in
      for (path, _, operation) in operations(papers.calls) {
        let described = (operation["parameters"]?.array ?? [])
          .filter { $0["in"] == "path" }.compactMap { $0["name"]?.string }
        #expect(described.sorted() == parts(of: path).sorted(), "\(path)")
      }
    }
  }

  @Test func `says how a call refuses a name in its path that nothing has`() async throws {
    try await Papers.with { papers in
      let named = operations(papers.calls).filter {
        $0.path.hasPrefix("/api/v1.0/") && $0.path.contains("{")
      }
      #expect(named.count == 4)
      for (path, method, operation) in named {
        let answer = operation["responses"]?["404"]
        let name = answer?["$ref"]?.string?.split(separator: "/").last.map(String.init) ?? ""
        let shared = papers.calls["components"]?["responses"]?[name]
        let content = (shared ?? answer)?["content"]?["application/json"]
        #expect(content != nil, "\(method) \(path)")
      }
    }
  }

  @Test func `knows the tags and the ways to log in that it speaks of`() async throws {
    try await Papers.with { papers in
      let tags = Set(papers.calls["tags"]?.array?.compactMap { $0["name"]?.string } ?? [])
      let ways = papers.calls["components"]?["securitySchemes"]?.members.map(\.0) ?? []
      for (path, _, operation) in operations(papers.calls) {
        let used = operation["security"]?.array?.flatMap { $0.members.map(\.0) } ?? []
        #expect(Set(used).isSubset(of: Set(ways)), "\(path)")
        #expect(tags.isSuperset(of: operation["tags"]?.array?.compactMap(\.string) ?? []))
      }
    }
  }

  /// One fault after the other is put into the real document.
  @Test(
    arguments: [
      ("#/paths/~1login/get", "responses", nil, "operation without responses"),
      ("#/paths/~1login/get", "response", ["a": "b"], "operation has no member response"),
      ("#/paths/~1login/get/responses/200", "description", nil, "response without description"),
      ("#/paths/~1login/get/responses", "2000", ["description": ""], "2000 is no status"),
      ("#/paths/~1login/get/parameters/0", "in", "body", "none of"),
      ("#/paths/~1login/get/parameters/0", "schema", ["type": "text"], "none of"),
      ("#/paths/~1login/get/parameters/0", "schema", nil, "a schema or a content"),
      ("#/components/schemas/ChatRoom", "required", ["nobody"], "required and not described"),
      ("#/components/schemas/ChatRoom", "nullable", true, "no member nullable"),
      ("#/components/securitySchemes/bearerToken", "scheme", nil, "without scheme"),
      ("#", "openapi", "2.0", "none of"),
    ] as [(String, String, JSONValue?, String)])
  func `the rules see`(
    place: String, member: String, value: JSONValue?, sentence: String
  ) async throws {
    try await Papers.with { papers in
      let broken = papers.calls.setting(member, to: value, at: place)
      let faults = Rulebook.openAPI.faults(of: broken)
      #expect(faults.contains { $0.contains(sentence) }, "\(faults)")
    }
  }

  private func operations(
    _ document: JSONValue
  ) -> [(path: String, method: String, operation: JSONValue)] {
    (document["paths"]?.members ?? []).flatMap { path, item in
      item.members.filter { Rulebook.methods.contains($0.0) }.map { (path, $0.0, $0.1) }
    }
  }

  private func documented(_ document: JSONValue) -> Set<String> {
    Set(operations(document).map { "\($0.method.uppercased()) \($0.path)" })
  }

  private func parts(of path: String) -> [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }
      .map { String($0.dropFirst().dropLast()) }
  }
}

extension JSONValue {
  /// The same document with one member of one object changed or, for nil, taken away.
  func setting(_ member: String, to value: JSONValue?, at pointer: String) -> JSONValue {
    change(pointer.split(separator: "/").dropFirst().map(String.init)[...]) { object in
      var changed = JSONObject()
      for (key, old) in object where key != member { changed[key] = old }
      changed[member] = value
      return changed
    }
  }

  private func change(
    _ steps: ArraySlice<String>, _ body: (JSONObject) -> JSONObject
  ) -> JSONValue {
    guard let step = steps.first?.replacing("~1", with: "/") else {
      return object.map { .object(body($0)) } ?? self
    }
    if let index = Int(step), var list = array, list.indices.contains(index) {
      list[index] = list[index].change(steps.dropFirst(), body)
      return .array(list)
    }
    guard var object, let inner = object[step] else { return self }
    object[step] = inner.change(steps.dropFirst(), body)
    return .object(object)
  }
}
