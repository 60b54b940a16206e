internal import JSON
internal import PluginKit

extension Documents {
  static let excel = Operation(
    "Make the week's table now",
    details: "`msg` is the name of the file, which staff gets below `/checkin/export/`.",
    answers: [
      .ok(
        envelope(.null),
        example: example(
          #"{"flag":true,"msg":"2022-09-18.xlsx","recordtime":null,"data":null,"code":null}"#)),
      prefetch,
    ], access: access, limit: .perMinute(10), timeoutSeconds: 60, changesByGET: true)

  static let export = Operation(
    "A week's table as a spreadsheet",
    parameters: [
      .path("file", .string, "The day it was made, and `.xlsx`.", example: "2022-09-18.xlsx")
    ],
    answers: [
      Operation.Answer(200, "The file.", nil, contentType: WeeklyExport.contentType),
      Operation.Answer(404, "There is none of that day.", envelope(.null)),
    ], access: .anyRole([.staff, .admin]))
}

extension CheckInPlugin {
  func makeTable(_ request: Request) async throws -> Response {
    if AccessRules.isPrefetch(request) { return Refusal.prefetch(request) }
    try access.requireStaff(request)
    let name = try await export.make(at: services.clock.seconds)
    record("table_made", on: name, by: request)
    return Envelope.good(name).response()
  }

  func exportedFile(_ request: Request) async throws -> Response {
    let name = request.parameters["file"] ?? ""
    guard let bytes = try await export.file(name) else { throw PluginError.notFound("没有这个文件") }
    return Response(
      status: 200, contentType: WeeklyExport.contentType,
      headers: [
        ("Content-Disposition", "attachment; filename=\"\(name)\""),
        ("Cache-Control", "no-store"),
      ], body: .bytes(bytes))
  }
}
