import JSON
import MusterTesting
import PluginHost
import PluginKit
import Storage

@testable import Campus

extension Faculty {
  var plugin: CampusPlugin {
    get throws {
      guard let plugin = bench.unit.plugin as? CampusPlugin else { throw PluginError.notFound("") }
      return plugin
    }
  }

  /// The entries of this plugin in the audit trail, without those of the calls themselves.
  var officeActs: [AuditEvent] { bench.audited.filter { $0.action.hasPrefix("campus.") } }

  /// The text of the item's code, as its staff sees it now.
  func code(_ item: Int = 12) async -> String {
    await get("/activities/clockins/items/\(item)/qr/", as: admin).json["payload"]?.string ?? ""
  }

  func scan(_ code: String, as who: Identity) async -> BenchAnswer {
    await post("/activities/clockins/", ["key": .string(code)], as: who)
  }

  func enrol(
    _ activity: JSONValue = 3, _ answers: JSONValue = #"{"姓名":"李娜"}"#, as who: Identity
  ) async -> BenchAnswer {
    await post(
      "/enrollments/", ["activity": activity, "participating_metas": answers], as: who)
  }

  /// A teacher who can be told from others by a number.
  func teacher(_ number: Int) async throws -> Identity {
    let who = try await bench.accounts.create(
      NewAccount(login: "teacher\(number)", name: "teacher\(number)", roles: .teacher)
    ).identity
    _ = await get("/departments/", as: who)
    return who
  }

  func execute(_ sql: String) async throws { try await bench.store.execute(sql) }
}

extension BenchAnswer {
  /// The first sentence of a refusal of fields.
  func sentence(_ field: String = "non_field_errors") -> String? { json[field]?[0]?.string }

  var detail: String? { json["detail"]?.string }
}
