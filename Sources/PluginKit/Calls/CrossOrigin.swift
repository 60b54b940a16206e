/// Which pages of other sites may call a route and read what it answers.
///
/// The server's own `origins` may call everything; this adds the sites that a plugin is configured
/// with. Browsers' questions beforehand and the headers of all answers, errors too, are the
/// server's business.
public struct CrossOrigin: Sendable, Hashable {
  /// A list among the plugin's settings, of origins such as `https://lab.example.edu`. `*` stands
  /// for every site; a page of one that is not listed by name comes without cookies.
  public let setting: String
  /// Request fields that such a page may send beyond `Authorization`, `Content-Type` and `token`.
  public let headers: [String]

  public init(setting: String, headers: [String] = []) {
    self.setting = setting
    self.headers = headers
  }
}
