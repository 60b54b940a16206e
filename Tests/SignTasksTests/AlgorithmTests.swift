import Testing

@testable import SignTasks

/// The contract's vectors.
@Suite struct `A signature` {
  private func context(_ now: Int64, token: String = "") -> SignAlgorithm.Context {
    SignAlgorithm.Context(sign: 11, token: token, now: now)
  }

  @Test func `of the plain algorithm is the fields themselves`() {
    let begin = SignAlgorithm.table.begin(
      "1434344951\tuuid\tweb", hash: "1434344951uuidweb", context(0))
    #expect(begin == BeginKey(time: 1_434_344_951, uuid: "uuid", type: "web"))
    #expect(SignAlgorithm.table.begin("1\tuuid", hash: "1uuid", context(0)) == nil)
    #expect(SignAlgorithm.table.begin("1\ta\tb", hash: "1ab ", context(0)) == nil)
    let finish = SignAlgorithm.table.finish(
      "1\t862631030123456\t112.2456\t30.3215", signKey: "", sign: 1)
    #expect(
      finish
        == FinishKey(
          status: 1, uuid: "862631030123456", longitude: 112.2456, latitude: 30.3215))
    #expect(SignAlgorithm.table.finish("1\tuuid\t0\tnan", signKey: "", sign: 1) == nil)
  }

  @Test func `has a position on earth, as numbers or as text`() {
    func finish(_ longitude: String, _ latitude: String) -> FinishKey? {
      let json =
        #"{"status":1,"uuid":"u","longitude":"# + longitude + #","latitude":"# + latitude + "}"
      return FinishKey(json: Array(json.utf8))
    }
    #expect(finish("0", "0")?.longitude == 0)
    #expect(finish(#""112.5""#, #""-90""#)?.latitude == -90)
    for (longitude, latitude) in [("180.1", "0"), ("0", "-90.1"), (#""x""#, "0"), ("null", "0")] {
      #expect(finish(longitude, latitude) == nil)
    }
    #expect(FinishKey(json: Array(#"{"status":1,"uuid":"u"}"#.utf8))?.longitude == 0)
    #expect(SignAlgorithm.table.finish("1\tu\t181\t0", signKey: "", sign: 1) == nil)
  }

  @Test func `of GeV1 is that of the first vector`() {
    let key = "z0k8995rGMAex7LMZsiFCMpZXO+SR3rrm0MGZ0TorynZjy/nl/icga7eQYQL Ey46"
    let hash = "3fc3a3c2894cb1dc274985e4f1035288"
    let wanted = BeginKey(time: 1_434_344_951, uuid: "uuid", type: "web")
    #expect(SignAlgorithm.geV1.begin(key, hash: hash, context(1_434_344_951_000)) == wanted)
    let upper = hash.uppercased()
    #expect(SignAlgorithm.geV1.begin(key, hash: upper, context(1_434_344_951_000)) == wanted)
    let blank = key.replacing("+", with: " ")
    #expect(SignAlgorithm.geV1.begin(blank, hash: hash, context(1_434_344_951_000)) == nil)
    let finish = SignAlgorithm.geV1.finish(
      "1ECx7OHCVNMfomphMpdgVGWTrdz5y14xF9iCtsLuyOyfSgyEzq+JcrWKOGuG lVxnH3Jfq12eM1NdNXMZ/32Ceg==",
      signKey: "S1Pe1aneZ2", sign: 1)
    #expect(finish == FinishKey(status: 1, uuid: "uuid", longitude: 0, latitude: 0))
  }

  @Test func `of GeV1 is that of the second vector`() {
    let key =
      "vAHKlMf8TAD2dYnA+FJnE3fquvPhoVRDLhG+syfGjSEreW/VxfCl1CcHM+ZI sHMmZ4ABUqApMrfnhgGfPS4JBg=="
    let hash = "b2e252bb31263bd03a63198b198a9e8c"
    let wanted = BeginKey(time: 1_763_697_600, uuid: "862631030123456", type: "android")
    #expect(SignAlgorithm.geV1.begin(key, hash: hash, context(1_763_697_600_123)) == wanted)
    let finish = SignAlgorithm.geV1.finish(
      "QKdj11welp5UohGBEVHhDJZ4+90yZ7W4poivKc0N3bqM9IAxFMNFz56+uSB1 "
        + "Ud6laUD8Sx+UEYJ/XPJkYljUHNrYDJQjJ0zLSo9iRuyk7u8=",
      signKey: "Kq7Zt0bYx9", sign: 1)
    #expect(
      finish
        == FinishKey(
          status: 1, uuid: "862631030123456", longitude: 112.2456, latitude: 30.3215))
  }

  @Test func `of GeV1 from the bucket before is taken for a minute`() {
    let key =
      "vAHKlMf8TAD2dYnA+FJnE3fquvPhoVRDLhG+syfGjSEreW/VxfCl1CcHM+ZI sHMmZ4ABUqApMrfnhgGfPS4JBg=="
    let hash = "b2e252bb31263bd03a63198b198a9e8c"
    // B6 of the vector is 1763697: it ends at 1763698000.
    let next: Int64 = 1_763_698_000_000
    #expect(SignAlgorithm.geV1.begin(key, hash: hash, context(next + 59_000)) != nil)
    #expect(SignAlgorithm.geV1.begin(key, hash: hash, context(next + 61_000)) == nil)
    // DES ignores the lowest bit of each byte: the keys of buckets 1763696 and 1763697 are one.
    let first: Int64 = 1_763_696_000_000
    #expect(SignAlgorithm.geV1.begin(key, hash: hash, context(first - 59_000)) != nil)
    #expect(SignAlgorithm.geV1.begin(key, hash: hash, context(first - 61_000)) == nil)
  }

  @Test func `of GeV2 is that of the vector, and of no other token, task or key`() {
    let token = "f7e805ea9eb58c022d3a58262ad457a13992baca9b1c821a6bc9e0d6fe4b6325"
    let key =
      "eyJ0aW1lIjoxNzYzNjk3NjAwLCJ1dWlkIjoiODYyNjMxMDMwMTIzNDU2IiwidHlwZSI6ImFuZHJvaWQifQ"
    let hash = "2dc7f254511cf1766a1035ff46df57eaa62219c76b34fd15f280184412ab4107"
    #expect(
      SignAlgorithm.geV2.begin(key, hash: hash, context(0, token: token))
        == BeginKey(time: 1_763_697_600, uuid: "862631030123456", type: "android"))
    #expect(SignAlgorithm.geV2.begin(key, hash: hash, context(0, token: "other")) == nil)
    let finish =
      "eyJzdGF0dXMiOjEsInV1aWQiOiI4NjI2MzEwMzAxMjM0NTYiLCJsb25naXR1ZGUiOjExMi4yNDU2LCJsYXRpdHVkZSI"
      + "6MzAuMzIxNX0.070c661121f916f540bbe78d67f71708922b48275b07963156e648a2d2c06b45"
    #expect(
      SignAlgorithm.geV2.finish(finish, signKey: "Kq7Zt0bYx9", sign: 11)
        == FinishKey(
          status: 1, uuid: "862631030123456", longitude: 112.2456, latitude: 30.3215))
    #expect(SignAlgorithm.geV2.finish(finish, signKey: "Kq7Zt0bYx9", sign: 12) == nil)
    #expect(SignAlgorithm.geV2.finish(finish, signKey: "Kq7Zt0bYx8", sign: 11) == nil)
  }
}
