internal import JSON
internal import PluginKit

extension Documents {
  static let removeUser = Operation(
    "Delete a person",
    details: "With all stays; a stay that goes on ends before and does not count.",
    parameters: [.path("studentid", .string, "The student number.", example: "2100301419")],
    answers: [
      .ok(
        envelope(.null),
        example: example(
          #"{"flag":true,"msg":"2100301419已删除","recordtime":null,"data":null,"code":null}"#))
    ], access: .anyRole([.staff, .admin]))
}

extension CheckInPlugin {
  func removeUser(_ request: Request) async throws -> Response {
    let number = request.parameters["studentid"] ?? ""
    guard try await attendance.remove(number) else {
      return Envelope.bad("学号\(number)不存在", code: .notFound).response()
    }
    return Envelope.good("\(number)已删除").response()
  }
}
