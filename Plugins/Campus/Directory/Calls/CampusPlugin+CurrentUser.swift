internal import JSON
internal import PluginKit

// The calls of people: logins, the caller, contacts and colleagues.
extension CampusPlugin {
  func registerDirectory(with registrar: inout Registrar) {
    call(&registrar, [.get], "/departments", Documents.departments) { request in
      _ = try await self.caller(request)
      return .json(.array(try await self.users.departments()))
    }
  }
}
