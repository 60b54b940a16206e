/// A page as it is written: what is its own, to be put into the frame that all pages share.
struct PageDraft {
  /// Names its script and its place in the navigation.
  let name: String
  let title: String
  let description: String
  var bodyClass: String?
  /// What it adds to the bar at the top, a line that ends this, and what stands below the bar.
  let source: [UInt8]

  /// The address; the first page has the shortest.
  var path: String { name == "index" ? "/" : "/\(name)" }

  /// The whole page.
  var text: String {
    let parts = String(decoding: source, as: UTF8.self).split(
      separator: "<!-- page -->\n", maxSplits: 1, omittingEmptySubsequences: false)
    precondition(parts.count == 2, "a page says where its content begins")
    return
      bar
      .replacing("{description}", with: description)
      .replacing("{title}", with: title)
      .replacing("{script}", with: "\(name).js")
      .replacing("{class}", with: bodyClass.map { " class=\"\($0)\"" } ?? "")
      .replacing("{tools}", with: parts[0]) + parts[1]
  }

  /// The frame with this page marked in its navigation. The way to the staff's page is shown to
  /// whoever is there already.
  private var bar: String {
    let lines = PageDraft.frame.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { name == "admin" || !$0.contains("nav.admin") }
    return lines.joined(separator: "\n").replacing(
      "data-t=\"nav.\(name)\">", with: "data-t=\"nav.\(name)\" aria-current=\"page\">")
  }

  private static let frame = String(decoding: PackageResources.frame_html, as: UTF8.self)
}
