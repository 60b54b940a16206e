import Testing

@testable import TimeZones

struct YearlyRuleTests {
  @Test func `central Europe changes on the last Sundays of March and October at one o'clock UTC`()
    throws
  {
    let rule = try #require(YearlyRule("CET-1CEST,M3.5.0,M10.5.0/3"))
    // 2040-03-25 and 2040-10-28, 01:00 UTC.
    for (moment, before, after): (Int64, Int, Int) in [
      (2_216_250_000, 3600, 7200), (2_234_998_800, 7200, 3600),
    ] {
      #expect(rule.offsetSeconds(at: moment - 1) == before)
      #expect(rule.offsetSeconds(at: moment) == after)
    }
  }

  @Test func `in the south the year begins in summer`() throws {
    let rule = try #require(YearlyRule("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1"))
    #expect(rule.standard == -10_800)
    let sydney = try #require(YearlyRule("AEST-10AEDT,M10.1.0,M4.1.0/3"))
    // 2040-01-01, 2040-07-01 and 2040-12-31.
    #expect(sydney.offsetSeconds(at: 2_208_988_800) == 39_600)
    #expect(sydney.offsetSeconds(at: 2_224_713_600) == 36_000)
    #expect(sydney.offsetSeconds(at: 2_240_524_800) == 39_600)
  }

  @Test(arguments: ["J60", "59"])
  func `the first of March by its number`(day: String) throws {
    let rule = try #require(YearlyRule("AAA0BBB,\(day)/0,J365"))
    // 2039 has no leap day: 2039-03-01 00:00.
    #expect(rule.offsetSeconds(at: 2_182_550_399) == 0)
    #expect(rule.offsetSeconds(at: 2_182_550_400) == 3600)
  }

  @Test(arguments: [
    "", "CE-1", "CET", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J3", "CET-1CEST,366,3",
    "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1x", "<+0>1", "<+01-1", "CET-1:60",
    "CET-99999999999999999999",
  ])
  func `what is no rule`(text: String) { #expect(YearlyRule(text) == nil) }
}
