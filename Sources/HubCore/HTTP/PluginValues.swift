internal import Bytes
internal import HTTP
internal import PluginKit

// Parts of a request as the values that plugins see.

extension PluginKit.Method {
  /// HEAD is a GET whose body is not sent.
  init(_ method: HTTP.Method) {
    switch method {
    case .get, .head, .options, .other: self = .get
    case .post: self = .post
    case .put: self = .put
    case .delete: self = .delete
    case .patch: self = .patch
    }
  }
}

extension Fields {
  init(_ headers: Headers) {
    self.init(ignoringCase: true)
    for index in 0..<headers.count {
      append(String(headers.name(at: index)), String(headers.value(at: index)))
    }
  }

  init(_ form: FormFields) {
    self.init()
    for field in form.fields { append(field.name, field.value) }
  }

  init(_ cookies: Cookies) {
    self.init()
    for cookie in cookies.cookies { append(cookie.name, cookie.value) }
  }
}

extension Headers {
  /// The lines of one header as text, in order.
  func lines(of text: StaticString) -> [String] {
    let name = HeaderName(stringLiteral: text)
    var lines: [String] = []
    var next = index(of: name)
    while let index = next {
      lines.append(String(value(at: index)))
      next = self.index(of: name, from: index + 1)
    }
    return lines
  }
}
