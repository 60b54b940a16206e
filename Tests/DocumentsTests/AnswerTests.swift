import Campus
import Chat
import CheckIn
import JSON
import MusterTesting
import PluginHost
import PluginKit
import SignTasks
import Storage
import StudyRecords
import Testing

@testable import APIDocuments
@testable import HubCore

/// Every call is made in every way that comes to mind; no answer is another than was documented.
@Suite struct `An answer` {
  private struct Way {
    let name: String
    var query = ""
    var body = ""
    var form: KeyValuePairs<String, String>?
    var peer = Peer.loopback
  }

  private static let outside = Peer(address: "203.0.113.7", bytes: [203, 0, 113, 7])

  private static let parts: [(name: String, value: String)] = [
    (name: "file", value: "2022-09-18.xlsx"), ("id", "99"), ("signLogID", "3"), ("signID", "6"),
    ("courseTableId", "5"), ("table", "5"), ("student", "33"), ("user", "1"), ("study", "7"),
    ("activity", "3"), ("clockin", "12"), ("enrollment", "41"), ("record", "1"),
    ("card", "1"), ("department", "2"),
  ]

  @Test func `of the campus is as the document says`() async throws {
    var teacher = NewAccount(login: "teacher", name: "teacher", roles: .teacher)
    teacher.profiles[.staffName] = "20120001"
    try await check(CampusPlugin.self, as: [teacher])
  }

  @Test func `of the chat is as the document says`() async throws {
    try await check(ChatPlugin.self)
  }

  @Test func `of the check-in is as the document says`() async throws {
    try await check(CheckInPlugin.self)
  }

  @Test func `of the study records is as the document says`() async throws {
    try await check(StudyRecordsPlugin.self)
  }

  /// One form for all calls: each takes its own fields.
  private static let signForm: KeyValuePairs = [
    "course_table_id": "6", "name": "quiz", "time": "45", "sign_id": "6", "info": "OK",
    "task_id": "9", "detail": "text", "id": "6", "client": "web", "username": "teacher",
    "password": "secret", "email": "new@example.edu", "confirm": "1661998600",
    "key": "1661998600\tphone\tweb", "hash": "1661998600phoneweb",
  ]

  @Test func `of the sign tasks is as the document says`() async throws {
    var people: [NewAccount] = []
    for (login, id, role) in [("teacher", "1", Roles.teacher), ("student", "32", .student)] {
      var new = NewAccount(login: login, name: login, password: "secret", roles: role)
      new.profiles[.courseUser] = id
      people.append(new)
    }
    let meant = Way(name: "with a form", form: Self.signForm)
    try await check(SignTasksPlugin.self, as: people, also: meant)
  }

  @Test func `of the server's interface is as the document says`() async throws {
    try await check(HubPlugin.self)
  }

  private func check<P: Plugin>(
    _ type: P.Type, as people: [NewAccount] = [], also way: Way? = nil
  ) async throws {
    let papers = try await Papers.with { $0.calls }
    try await withFreshStore(.sqlite) { store in
      let bench = try await PluginBench(type, store: store, demo: true)
      let boss = try await bench.accounts.create(
        NewAccount(login: "boss", name: "boss", password: "secret", roles: [.admin, .staff])
      ).identity
      var callers: [Identity?] = [nil, boss]
      for new in people { callers.append(try await bench.accounts.create(new).identity) }
      for route in bench.unit.routes {
        for way in ways(route.operation) + [way].compactMap({ $0 }) {
          for who in callers { await call(route, way, as: who, bench, papers) }
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
        let target = Self.parts.reduce(into: path) { target, part in
          target = target.replacing(":\(part.name)", with: part.value)
        }
        let form = way.form.map { Request.Body.form(Fields($0), files: []) }
        let answer = await bench.call(
          method, "\(target)?\(way.query)", body: form ?? .bytes(Array(way.body.utf8)), as: who,
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
