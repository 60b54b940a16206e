internal import JSON
internal import PluginKit

/// The campus user who makes a call.
struct Caller: Sendable {
  let id: Int64
  let identity: Identity

  var isStaff: Bool { identity.hasAny(of: [.staff, .admin]) }
}

extension CampusPlugin {
  /// A documented call: a refusal that the handler throws becomes the answer.
  func call(
    _ registrar: inout Registrar, _ methods: [Method], _ path: String, _ operation: Operation,
    _ body: @escaping @Sendable (Request) async throws -> Response
  ) {
    registrar.route(methods, path, operation) { request in
      do {
        return try await body(request)
      } catch let refusal as Refusal {
        return refusal.response
      }
    }
  }

  /// Throws a 403 for an account that is no campus user.
  func caller(_ request: Request) async throws -> Caller {
    let identity = try request.caller()
    guard let id = try await users.id(of: identity) else {
      throw PluginError.forbidden("not a campus user")
    }
    return Caller(id: id, identity: identity)
  }

  var now: Moment { Moment(milliseconds: services.clock.now) }
}

extension Request {
  /// An id in the path. Throws a 404 for text that is no id.
  func id(_ name: String) throws -> Int64 {
    guard let text = parameters[name], let id = Int64(text), id > 0, "\(id)" == text else {
      throw PluginError.notFound("no such id")
    }
    return id
  }
}
