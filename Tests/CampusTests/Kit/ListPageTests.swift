import JSON
import PluginKit
import Testing

@testable import Campus

@Suite struct `A page of a list` {
  private func request(_ query: KeyValuePairs<String, String>) -> Request {
    Request(
      .get, "/activities/", query: Fields(query), origin: "https://campus.example.edu:8443")
  }

  private func page(_ query: KeyValuePairs<String, String>, _ count: Int) throws -> JSONValue {
    try ListPage(request(query), count: count).json([])
  }

  @Test func `names its neighbours by absolute addresses`() throws {
    let base = "https://campus.example.edu:8443/activities/"
    let pages = [
      try page([:], 41), try page(["page": "2"], 41), try page(["page": "last"], 41),
    ]
    #expect(pages.map { $0["count"] } == [41, 41, 41])
    #expect(pages.map { $0["previous"] } == [.null, .string(base), .string("\(base)?page=2")])
    #expect(
      pages.map { $0["next"] } == [.string("\(base)?page=2"), .string("\(base)?page=3"), .null])
  }

  @Test func `keeps the rest of the query, encoded and sorted`() throws {
    let page = try page(["search": "教学 a&b", "my": "yes"], 21)
    #expect(
      page["next"]?.string
        == "https://campus.example.edu:8443/activities/?my=yes&page=2"
        + "&search=%E6%95%99%E5%AD%A6%20a%26b")
  }

  @Test(arguments: ["0", "-1", "4", "", "x", "1.0", "99999999999999999999", "Last", "１"])
  func `that does not exist is refused`(number: String) {
    #expect(throws: Refusal.noSuchPage) { try ListPage(request(["page": number]), count: 41) }
    #expect(Refusal.noSuchPage == Refusal(status: 404, body: ["detail": "无效页面。"]))
  }

  @Test func `of an empty list is there`() throws {
    for query in [[:], ["page": "1"], ["page": "last"]] as [KeyValuePairs<String, String>] {
      #expect(
        try page(query, 0) == ["count": 0, "next": nil, "previous": nil, "results": []])
    }
  }

  @Test(arguments: [(20, 1), (21, 2), (40, 2), (41, 3)])
  func `holds twenty objects`(count: Int, last: Int) throws {
    let page = try ListPage(request(["page": "last"]), count: count)
    #expect(page.number == last)
    #expect(page.offset == (last - 1) * 20)
  }
}

@Suite struct `The terms of a search` {
  @Test(arguments: [
    ("", true), (",, ,", true), ("陈", true), ("陈,讲师", true), ("讲师 138", true), ("QQ", true),
    ("陈\u{3000}伟", true), ("伟陈", false), ("陈,教授", false), ("%", false), ("_", false),
    ("陈,,伟", true),
  ])
  func `each occur in one of the texts`(search: String, isFound: Bool) {
    let texts: [String?] = ["陈伟", "讲师", nil, "13800000000", "qq-1"]
    #expect(SearchTerms(search).match(texts) == isFound)
  }
}
