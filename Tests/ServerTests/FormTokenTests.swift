import PluginHost
import PluginKit
import Rig
import Testing

@testable import HubCore

/// A plugin whose callers may name themselves in the form of a POST.
private final class FormPlugin: Plugin {
  static let name = "form"

  init(services: PluginServices) {}

  func register(with registrar: inout Registrar) {
    var field = Authenticator("formToken", .header("form-token")) { request, accounts in
      guard case .form(let fields, _) = request.body, let token = fields["__token"] else {
        return nil
      }
      return try await accounts.identity(token: token)
    }
    field.readsForm = true
    registrar.authenticator(field)
    let form = Operation.RequestBody(.form([.init("__token", .string)]), maxBytes: 64 << 10)
    registrar.post(
      "/form/change", Operation("Changes something.", body: form, access: .signedIn)
    ) { request in .text("changed by \(try request.caller().id)") }
    let list = Operation.RequestBody(.json(.anything), maxBytes: 4 << 20)
    registrar.post(
      "/form/import", Operation("Takes a list.", body: list, access: .anyRole([.staff, .admin]))
    ) { _ in .noContent }
  }
}

/// The head names the caller, except where a form brings the token along.
@Suite(.timeLimit(.minutes(3))) struct FormTokenTests {
  private func withServer(_ body: (TestServer) async throws -> Void) async throws {
    func adjust(_ plan: inout HubServer.Plan) {
      guard let services = plan.units.first?.services,
        let unit = try? LoadedPlugin(FormPlugin.self, services: services)
      else { return }
      plan.units.append(unit)
    }
    try await TestServer.run(workers: 1, adjusting: adjust, body)
  }

  private static let form = ("Content-Type", "application/x-www-form-urlencoded")

  private func post(_ server: TestServer, _ path: String, _ body: String) async throws -> Reply {
    try await server.wire().call("POST", path, headers: [Self.form], body: body)
  }

  @Test func `a form with a good token is its holder's, and one without is nobody's`()
    async throws
  {
    try await withServer { server in
      let token = try await server.token(for: "li")
      let good = try await post(server, "/form/change", "a=1&__token=\(token)")
      #expect(good.status == 200 && good.text == "changed by u1")
      for body in ["a=1", "", "__token=", "a=1&__token=x\(token)"] {
        #expect(try await post(server, "/form/change", body).status == 401, "\(body)")
      }
      // A token elsewhere than in the form of a POST is none.
      let json = try await server.wire().call(
        "POST", "/form/change", headers: [("Content-Type", "application/json")],
        body: "{\"__token\":\"\(token)\"}")
      #expect(json.status == 401)
      let query = try await post(server, "/form/change?__token=\(token)", "a=1")
      #expect(query.status == 401)
    }
  }

  @Test(arguments: [
    ("/form/import", "application/x-www-form-urlencoded", 4 << 20, 401),
    ("/form/import", "multipart/form-data; boundary=x", 4 << 20, 401),
    ("/form/change", "application/json", 60_000, 401),
    ("/form/change", "application/x-www-form-urlencoded", 70_000, 413),
  ])
  func `what no form may name a caller for is refused before its body is read`(
    path: String, type: String, length: Int, status: Int
  ) async throws {
    try await withServer { server in
      let wire = try await server.wire()
      try await wire.send(
        """
        POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Type: \(type)\r\n\
        Content-Length: \(length)\r\n\r\n
        """)
      #expect(try await wire.reply().status == status)
    }
  }
}
