import Chat
import CheckIn
import JSON
import MusterTesting
import PluginKit
import Storage
import StudyRecords
import Testing

@testable import HubCore

/// Every call is made in every way that comes to mind; no answer is another than was documented.
@Suite struct `An answer` {
  private struct Way {
    let name: String
    var query = ""
    var body = ""
    var peer = Peer.loopback
  }

  private static let outside = Peer(address: "203.0.113.7", bytes: [203, 0, 113, 7])

  @Test func `of the chat is as the document says`() async throws {
    try await check(ChatPlugin.self)
  }

  @Test func `of the check-in is as the document says`() async throws {
    try await check(CheckInPlugin.self)
  }

  @Test func `of the study records is as the document says`() async throws {
    try await check(StudyRecordsPlugin.self)
  }

  @Test func `of the server's interface is as the document says`() async throws {
    try await check(HubPlugin.self)
  }

  private func check<P: Plugin>(_ type: P.Type) async throws {
    let papers = try await Papers.with { $0.calls }
    try await withFreshStore(.sqlite) { store in
      let bench = try await PluginBench(type, store: store, demo: true)
      let boss = try await bench.accounts.create(
        NewAccount(login: "boss", name: "boss", password: "secret", roles: [.admin, .staff])
      ).identity
      for route in bench.unit.routes {
        for way in ways(route.operation) {
          for who in [nil, boss] { await call(route, way, as: who, bench, papers) }
        }
      }
    }
  }

  /// As it is meant, with nothing, with what makes no sense, and from elsewhere.
  private func ways(_ operation: Operation) -> [Way] {
    let examples = operation.parameters.filter { $0.place == .query }.compactMap { parameter in
      parameter.example.map { (name: parameter.name, value: $0.string ?? $0.description) }
    }
    let body = operation.body?.example.map { String(decoding: $0.encoded(), as: UTF8.self) } ?? ""
    func query(odd: String? = nil) -> String {
      examples.map { "\($0.name)=\($0.name == odd ? "7" : $0.value)" }.joined(separator: "&")
    }
    let meant = query()
    let odd = examples.map { example in
      Way(name: "with an odd \(example.name)", query: query(odd: example.name), body: body)
    }
    return odd + [
      Way(name: "as meant", query: meant, body: body),
      Way(name: "again", query: meant, body: body), Way(name: "with nothing"),
      Way(name: "with odd values", query: "user_tel=x&status=7&grade=a&userid=-1", body: "{}"),
      Way(name: "with a broken body", body: "{]"), Way(name: "with a list", body: "[1,[]]"),
      Way(name: "from elsewhere", query: meant, body: body, peer: Self.outside),
    ]
  }

  private func call(
    _ route: Route, _ way: Way, as who: Identity?, _ bench: PluginBench, _ papers: JSONValue
  ) async {
    for path in route.paths {
      for method in route.methods {
        let target = path.replacing(":file", with: "2022-09-18.xlsx").replacing(":id", with: "99")
          .replacing(":user", with: "1").replacing(":study", with: "7")
        let answer = await bench.call(
          method, "\(target)?\(way.query)", body: .bytes(Array(way.body.utf8)), as: who,
          from: way.peer)
        let documented = papers["paths"]?[OpenAPI.template(path)]?[method.rawValue.lowercased()]
        let fault = fault(answer, documented?["responses"] ?? .null, papers)
        #expect(fault == nil, "\(method.rawValue) \(path) \(way.name), \(who?.name ?? "nobody")")
      }
    }
  }

  private func fault(
    _ answer: BenchAnswer, _ responses: JSONValue, _ papers: JSONValue
  ) -> String? {
    guard let found = responses["\(answer.status)"] else {
      return "\(answer.status) is not documented: \(answer.text)"
    }
    let response = found["$ref"]?.string.flatMap { papers.at($0) } ?? found
    guard let type = answer.response.contentType?.split(separator: ";").first else {
      return answer.bytes.isEmpty ? nil : "a body without a type"
    }
    guard let media = response["content"]?[String(type)] else { return "\(type) is not documented" }
    guard type == "application/json", let schema = media["schema"] else { return nil }
    return Shape(document: papers).fault(answer.json, schema)
  }
}
