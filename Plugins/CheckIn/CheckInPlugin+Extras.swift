internal import PluginKit

// Calls beyond the documents: the curve of the day, the kept tables, and the deletion of a person.
extension CheckInPlugin {
  func registerExtras(with registrar: inout Registrar) {
    registrar.get("/day", Documents.day) { _ in
      Envelope.response(try await self.curve.json())
    }
    registrar.delete("/users/:studentid", Documents.removeUser) { request in
      let number = request.parameters["studentid"] ?? ""
      guard try await self.attendance.remove(number) else {
        return Envelope.bad("学号\(number)不存在", code: .notFound).response()
      }
      return Envelope.good("\(number)已删除").response()
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
