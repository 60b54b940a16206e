internal import Bytes
internal import JSON
internal import PluginKit

/// An entry of the queue, in the form that the database keeps.
enum Parcel: Sendable, Equatable {
  case mail(Mail)
  case web(WebCall)

  var kind: String {
    switch self {
    case .mail: "mail"
    case .web: "web"
    }
  }

  /// The part of a log line that says where it goes; never what is in it.
  var destination: String {
    switch self {
    case .mail(let mail): mail.to
    case .web(let call): call.destination
    }
  }

  var schedule: RetrySchedule {
    switch self {
    case .mail: .mail
    case .web: .web
    }
  }

  var encoded: [UInt8] {
    switch self {
    case .mail(let mail): mail.json.encoded()
    case .web(let call): call.json.encoded()
    }
  }

  /// nil for what another version has written and this one cannot read.
  init?(kind: String, _ bytes: [UInt8]) {
    // Bounded when it was accepted: see `Courier.largestParcel`.
    let limits = JSONLimits(bytes: .max, values: .max)
    guard let json = try? JSONValue(parsing: bytes, limits: limits) else { return nil }
    switch kind {
    case "mail":
      guard let mail = Mail(json) else { return nil }
      self = .mail(mail)
    case "web":
      guard let call = WebCall(json) else { return nil }
      self = .web(call)
    default: return nil
    }
  }
}

extension Mail {
  fileprivate var json: JSONValue {
    let attachments = attachments.map { attachment -> JSONValue in
      [
        "name": JSONValue(attachment.name), "type": JSONValue(attachment.contentType),
        "bytes": JSONValue(Base64.standard.encode(attachment.bytes)),
      ]
    }
    return [
      "to": JSONValue(to), "subject": JSONValue(subject), "text": JSONValue(text),
      "attachments": JSONValue(attachments),
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let to = json["to"]?.string, let subject = json["subject"]?.string,
      let text = json["text"]?.string, let list = json["attachments"]?.array
    else { return nil }
    self.init(to: to, subject: subject, text: text)
    for item in list {
      guard let name = item["name"]?.string, let type = item["type"]?.string,
        let bytes = item["bytes"]?.string.flatMap({ Base64.standard.decode($0) })
      else { return nil }
      attachments.append(Attachment(name: name, contentType: type, bytes: bytes))
    }
  }
}

extension WebCall {
  /// The part of a log line that says where it goes: neither a query nor a password.
  var destination: String {
    let place = url.prefix { $0 != "?" && $0 != "#" }
    guard let slashes = place.firstRange(of: "://") else { return String(place) }
    let rest = place[slashes.upperBound...]
    let host = rest.prefix { $0 != "/" }
    guard let at = host.lastIndex(of: "@") else { return String(place) }
    return place[..<slashes.upperBound] + String(rest[rest.index(after: at)...])
  }

  /// The scheme, host and port.
  var host: String {
    let place = destination
    guard let slashes = place.firstRange(of: "://") else { return place }
    return String(place[..<slashes.upperBound] + place[slashes.upperBound...].prefix { $0 != "/" })
  }

  fileprivate var json: JSONValue {
    let headers = headers.map { JSONValue([JSONValue($0.name), JSONValue($0.value)]) }
    return [
      "method": JSONValue(method), "url": JSONValue(url), "headers": JSONValue(headers),
      "body": JSONValue(Base64.standard.encode(body)), "timeout": JSONValue(timeoutSeconds),
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let method = json["method"]?.string, let url = json["url"]?.string,
      let list = json["headers"]?.array, let timeout = json["timeout"]?.int,
      let body = json["body"]?.string.flatMap({ Base64.standard.decode($0) })
    else { return nil }
    self.init(method, url, body: body, timeoutSeconds: timeout)
    for item in list {
      guard let name = item[0]?.string, let value = item[1]?.string else { return nil }
      headers.append((name, value))
    }
  }
}
