internal import CommandLineKit
internal import Glibc
internal import HubCore
internal import HubStore
internal import PluginKit
internal import Storage

extension Program {
  /// Records a command that changed accounts, tokens or keys, such as `account.disable`.
  func note(_ call: Invocation, in store: any Store) async throws {
    guard call.path.last != "list", !call.has("dry-run") else { return }
    let event = AuditEvent(
      call.path.joined(separator: "."), by: "\(Program.systemUser) on the command line",
      on: call.operand(0) ?? "")
    try await AuditTable.migrate(store)
    try await AuditTable(store).append([AuditEntry(event, at: clock.now)])
  }

  private static var systemUser: String {
    guard let entry = getpwuid(getuid()) else { return "user \(getuid())" }
    return String(cString: entry.pointee.pw_name)
  }
}
