internal import JSON
internal import PluginKit

extension Documents {
  static let day = Operation(
    "How many were in the lab today, minute by minute",
    details: "From the stored stays, since midnight; the last point is now.",
    answers: [
      .ok(
        .object([
          .init(
            "points", .array(of: .array(of: .integer)), "Unix seconds, and how many were there."),
          .init("peak", .integer, "The most at once, by the second."),
          .init("grades", .array(of: .string), "The grades that people are in."),
        ]),
        example: [
          "points": [[1_661_961_600, 1], [1_661_998_600, 2]], "peak": 2, "grades": ["20", "21"],
        ])
    ], access: access)
}

extension CheckInPlugin {
  func day(_ request: Request) async throws -> Response {
    Envelope.response(try await curve.json())
  }
}
