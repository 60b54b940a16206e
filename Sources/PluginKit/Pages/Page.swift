/// A page of the server's web site: its own content, shown inside the frame that all pages share.
///
/// The script `/assets/<name>.js` runs on it. Text carries `data-t="key"`; the script adds its own words in both
/// languages with `addWords` of `/assets/i18n.js` before it calls `begin`.
public struct Page: Sendable {
  /// Lower-case letters and digits; names the script.
  public let name: String
  /// A part that begins with `:` stands for anything, as in the path of a route.
  public let path: String
  /// The title of the window, in English; a script may change it.
  public let title: String
  public let description: String
  /// Additions to the bar at the top, the line `<!-- page -->`, and the content with the end of the body.
  public let content: [UInt8]
  public var bodyClass: String?
  /// Names of style sheets among the assets, loaded after the shared one.
  public var styles: [String] = []
  /// The entry in the navigation; none without it. A page with a parameter in its path has none.
  public var menu: Label?
  /// A sentence about the page; with it the page has a card on the first page.
  public var summary: Label?
  /// Smaller numbers come first in the navigation.
  public var order = 100

  /// `path` is `/<name>` unless it is given.
  public init(
    _ name: String, path: String? = nil, title: String, description: String, content: [UInt8]
  ) {
    self.name = name
    self.path = path ?? "/\(name)"
    self.title = title
    self.description = description
    self.content = content
  }

  /// A text in both languages of the pages.
  public struct Label: Sendable, Equatable {
    public let english: String
    public let chinese: String

    public init(_ english: String, _ chinese: String) {
      self.english = english
      self.chinese = chinese
    }
  }
}

/// A script, style sheet or picture, served as `/assets/<name>` with a hash of its content in the name.
///
/// Files refer to each other by the plain name; an asset can refer only to those registered before it.
public struct PageAsset: Sendable {
  public let name: String
  public let bytes: [UInt8]

  public init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}
