internal import JSON
internal import PluginKit

extension Documents {
  private static let newcomer = Schema.object([
    .init("studentid", .string, "Letters, digits, `-` and `_`, at most 30."),
    .init("name", .string, "At most 30 characters."),
    .init("weekTime", .number, optional: true), .init("totalTime", .number, optional: true),
    .init("status", .choice([0, 1]), optional: true),
    .init("qq", .nullable(.string), optional: true, "Where mail goes. Never shown."),
    .init("avatar", .nullable(.string), optional: true),
  ])

  static let addUser = Operation(
    "Import one person or many",
    details: """
      An array is a batch: `data` then says how many were added and which numbers were there \
      already. Codes: 20031 saved, 20030 not. Outside of the open networks for staff; within them \
      2000 people a call without a login of the staff.
      """,
    body: Operation.RequestBody(
      .json(.oneOf([newcomer, .array(of: newcomer)])), maxBytes: Imports.largestBody,
      example: example(
        #"{"name":"wu","studentid":"2000301421","qq":"10001","avatar":"two.jpg"}"#)),
    answers: [
      .ok(
        envelope(
          .nullable(
            .object([.init("added", .integer), .init("skipped", .array(of: .string))]))),
        example: example(
          #"{"flag":true,"msg":"添加成功","recordtime":null,"data":null,"code":20031}"#))
    ], access: access, limit: .perMinute(30), timeoutSeconds: 60)

  static let removeUser = Operation(
    "Take somebody out of the tables",
    details: "With all stays; a stay that goes on ends before and does not count.",
    parameters: [.path("studentid", .string, "The student number.", example: "2100301419")],
    answers: [
      .ok(
        envelope(.null),
        example: example(
          #"{"flag":true,"msg":"2100301419已删除","recordtime":null,"data":null,"code":null}"#))
    ], access: .anyRole([.staff, .admin]))

  static let addAvatar = Operation(
    "Choose a picture",
    body: Operation.RequestBody(
      .json(.object([.init("studentid", .string), .init("avatar", .string)])), maxBytes: 4096,
      example: ["studentid": "2100301419", "avatar": "five.jpg"]),
    answers: [
      .ok(
        envelope(.null),
        example: example(
          #"{"flag":true,"msg":null,"recordtime":null,"data":null,"code":null}"#))
    ], access: access)

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
      Operation.Answer(200, "The file.", nil, contentType: Export.contentType),
      Operation.Answer(404, "There is none of that day.", envelope(.null)),
    ], access: .anyRole([.staff, .admin]))
}
