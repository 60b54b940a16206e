import JSON
import PluginKit

extension NoticesPlugin {
  static let list = Operation(
    "The newest notices",
    answers: [.ok(.object([.init("notices", .array(of: Notice.schema))]))])

  static let pin = Operation(
    "Pin a notice",
    body: .init(.json(.object([.init("text", .string)])), maxBytes: 4096),
    answers: [Operation.Answer(201, "The notice is on the board.", Notice.schema)],
    access: .anyRole([.staff, .admin]), limit: .perMinute(30, by: .account))

  func pin(_ request: Request) async throws -> Notice {
    guard let text = try request.json()["text"]?.string, (1...500).contains(text.count) else {
      throw PluginError.invalid("text is missing or too long")
    }
    let notice = try await store(text, by: try request.caller().name)
    try await services.hub.publish(Event("notices.pinned", notice.fields), to: "notices.board")
    return notice
  }
}
