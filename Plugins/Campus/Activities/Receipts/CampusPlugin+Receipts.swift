internal import Crypto
internal import JSON
internal import PluginKit

// Receipts that prove a clock-in to others, without this server.
extension CampusPlugin {
  func registerReceipts(with registrar: inout Registrar) {
    let receipts = activities.receipts
    call(
      &registrar, [.get], "/activities/clockins/items/:clockin/receipt", Documents.receipt
    ) { request in
      let me = try await self.caller(request)
      try self.requireReceipts()
      let receipt = try await receipts.receipt(of: me.id, on: try request.id("clockin"))
      return .json(try receipt.orNotFound()).with("Cache-Control", "no-store")
    }
    call(&registrar, [.get], "/activities/receipts/key.pem", Documents.receiptKey) { _ in
      try self.requireReceipts()
      return .text(try await receipts.key().publicPEM)
    }
  }

  private func requireReceipts() throws {
    guard services.settings.flag(Keys.signsReceipts) else {
      throw PluginError.notFound("receipts are switched off")
    }
  }
}

extension Documents {
  private static let none = Operation.Answer(
    404, "There is none, or receipts are switched off.", refusal)

  static let receipt = Operation(
    "A signed receipt of the caller's clock-in",
    details: """
      `signature` is the Ed25519 signature of the bytes of `receipt`, as Base64. The key is at \
      `/activities/receipts/key.pem`.
      """,
    parameters: [.path("clockin", .integer, "The clock-in item.", example: 12)],
    answers: [
      .ok(
        .object([
          .init("receipt", .string, "JSON text, the same each time."),
          .init("signature", .string), .init("algorithm", .choice(["Ed25519"])),
        ])), none,
    ], access: .signedIn)

  static let receiptKey = Operation(
    "The key that verifies receipts",
    answers: [
      .init(200, "A PEM file, for `openssl pkeyutl`.", .string, contentType: "text/plain"), none,
    ])
}
