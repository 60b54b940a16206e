internal import JSON
internal import PluginKit
internal import Storage

/// A page of a long list, chosen by the query's `page`: twenty objects, counted from 1.
struct ListPage: Sendable {
  static let size = 20

  let number: Int
  /// Of the objects on all pages.
  let count: Int
  private let links: PageLinks

  /// Throws the documented 404 for a page that the list does not have.
  init(_ request: Request, count: Int) throws(Refusal) {
    let last = max(1, (count + ListPage.size - 1) / ListPage.size)
    switch request.query["page"] {
    case nil: number = 1
    case "last": number = last
    case let text?:
      guard let number = Int(text.trimmed), (1...last).contains(number) else {
        throw .noSuchPage
      }
      self.number = number
    }
    self.count = count
    links = PageLinks(request)
  }

  /// How many objects stand on earlier pages.
  var offset: Int { (number - 1) * ListPage.size }

  /// The arguments of `LIMIT ? OFFSET ?`.
  var bounds: [Value] { [.int(Int64(ListPage.size)), .int(Int64(offset))] }

  /// The documented envelope around the objects of this page.
  func json(_ results: [JSONValue]) -> JSONValue {
    let hasNext = offset + ListPage.size < count
    return [
      "count": JSONValue(count), "next": JSONValue(hasNext ? links.url(number + 1) : nil),
      "previous": JSONValue(number > 1 ? links.url(number - 1) : nil), "results": .array(results),
    ]
  }
}

/// The addresses of a list's pages, absolute in the origin that the client of the call used.
private struct PageLinks: Sendable {
  private let base: String
  private let query: [Fields.Field]

  init(_ request: Request) {
    base = request.origin + request.path
    query = request.query.all.filter { $0.name != "page" }
  }

  /// Sorted by name, and without a number on the first page, as the original writes them.
  func url(_ number: Int) -> String {
    let page = number > 1 ? [Fields.Field(name: "page", value: String(number))] : []
    let fields = (query + page).sorted { ($0.name, $0.value) < ($1.name, $1.value) }
    guard !fields.isEmpty else { return base }
    let pairs = fields.map { "\($0.name.queryEncoded)=\($0.value.queryEncoded)" }
    return base + "?" + pairs.joined(separator: "&")
  }
}

extension String {
  /// Percent-encoded for the value of a query.
  var queryEncoded: String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in utf8 {
      if plain.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
