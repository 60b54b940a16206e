import Testing

@testable import Campus

@Suite struct `A clock-in filter` {
  /// In the columns of the document's table: nobody, 签到, 签退, both.
  private static let people: [Set<String>] = [[], ["签到"], ["签退"], ["签到", "签退"]]

  @Test(arguments: [
    ("签到但未签退", "0100"), ("签到了但未签退", "0100"), ("签到未签退", "0100"),
    ("签到且签退", "0001"), ("签到或签退", "0111"), ("未（签到或签退）", "1000"),
    ("未签到且未签退", "1000"), ("(签到或签退)且未晚自习", "0111"),
    ("签到或签退且晚自习", "0101"), ("未未签到", "0101"), ("（签到", "0101"),
    ("签到签退", "0000"), ("签到的且未签退", "0100"), ("签到（签退）", "0001"),
    ("（签到）未签退", "0100"), ("", "1111"), (" 了 ", "1111"), ("签 到", "0101"),
    ("未（（签到", "1010"), ("签到且签退或未签到", "1011"), ("未签到或签退", "1011"),
    ("签到或（未签退且签到）签退", "0101"),
  ])
  func `keeps the people for whom it is true`(expression: String, kept: String) throws {
    let filter = try ClockinFilter(expression)
    let found = Self.people.map { filter.matches($0) ? "1" : "0" }.joined()
    #expect(found == kept)
  }

  @Test(arguments: [
    "签到）", "且签到", "签到且", "或", "未", "（", "（）", "签到或且签退", "签到（）", "未）", "（且签到）",
  ])
  func `is refused when it makes no sense`(expression: String) {
    #expect(throws: ClockinFilter.Malformed()) { try ClockinFilter(expression) }
  }

  @Test func `drops the same characters from the labels of items`() throws {
    #expect(try ClockinFilter("我来").matches(["我 来了"]))
  }

  @Test func `is bounded in its length and not in its depth`() throws {
    let deep = String(repeating: "未（", count: 499) + "签到"
    #expect(try ClockinFilter(deep).matches([]))
    #expect(throws: ClockinFilter.Malformed()) {
      try ClockinFilter(String(repeating: "未", count: 1000) + "签")
    }
  }
}
