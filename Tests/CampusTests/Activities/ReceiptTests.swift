import Bytes
import JSON
import MusterTesting
import PluginKit
import Rig
import Storage
import Testing

@testable import Campus

@Suite struct `A receipt of a clock-in` {
  private static let path = "/activities/clockins/items/12/receipt/"

  @Test(arguments: Engine.testable)
  func `says who was where and when, the same each time`(engine: Engine) async throws {
    try await withFaculty(engine) { faculty in
      let receipt = await faculty.get(Self.path, as: faculty.chen).json
      let text = try JSONValue(parsing: Array((receipt["receipt"]?.string ?? "").utf8))
      #expect(
        text == [
          "record": 1, "activity": 3, "activity_name": "教学研讨", "label": "签到",
          "username": "20120001", "fullname": "陈伟", "created": "2020-02-22T11:30:00+08:00",
        ])
      #expect(await faculty.get(Self.path, as: faculty.chen).json == receipt)
      #expect(await faculty.get(Self.path, as: faculty.li).status == 404)
    }
  }

  @Test func `is verified by openssl, and not when a byte of it is another one`() async throws {
    try await withFaculty { faculty in
      let json = await faculty.get(Self.path, as: faculty.chen).json
      let receipt = Array((json["receipt"]?.string ?? "").utf8)
      let signature = try #require(json["signature"]?.string.flatMap(Base64.standard.decode))
      let folder = try FreshFolder()
      func verify(_ text: [UInt8]) async throws -> Int32? {
        try TextFile.write(text, to: "\(folder.path)/receipt")
        try TextFile.write(signature, to: "\(folder.path)/signature")
        try TextFile.write(
          await faculty.get("/activities/receipts/key.pem").bytes, to: "\(folder.path)/key.pem")
        let openssl = try ChildProcess(
          "/usr/bin/openssl",
          [
            "pkeyutl", "-verify", "-pubin", "-inkey", "\(folder.path)/key.pem", "-rawin", "-in",
            "\(folder.path)/receipt", "-sigfile", "\(folder.path)/signature",
          ])
        return try openssl.result(within: 30)
      }
      #expect(try await verify(receipt) == 0)
      #expect(try await verify(receipt + [32]) != 0)
    }
  }

  @Test func `can be switched off`() async throws {
    try await withFaculty(settings: ["signed_receipts": .flag(false)]) { faculty in
      #expect(await faculty.get(Self.path, as: faculty.chen).status == 404)
      #expect(await faculty.get("/activities/receipts/key.pem").status == 404)
    }
  }
}
