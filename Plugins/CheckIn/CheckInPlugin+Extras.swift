internal import PluginKit

// What the documents do not know: the curve of the day and the kept tables.
extension CheckInPlugin {
  func registerExtras(with registrar: inout Registrar) {
    registrar.get("/day", Documents.day) { _ in
      Envelope.response(try await self.curve.json())
    }
    registrar.get("/export/:file", Documents.export) { request in
      let name = request.parameters["file"] ?? ""
      guard let bytes = try await self.export.file(name) else {
        throw PluginError.notFound("没有这个文件")
      }
      return Response(
        status: 200, contentType: Export.contentType,
        headers: [
          ("Content-Disposition", "attachment; filename=\"\(name)\""),
          ("Cache-Control", "no-store"),
        ], body: .bytes(bytes))
    }
  }
}
