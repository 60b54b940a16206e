/// A place where the server listens: `HOST:PORT`, or a section with more to say.
public struct ListenAddress: Configurable {
  public var address: String
  /// The protocol that this port speaks on its root path; empty for the hub's own.
  public var dialect: String
  public var tls: Bool

  public init(_ address: String, dialect: String = "", tls: Bool = true) {
    self.address = address
    self.dialect = dialect
    self.tls = tls
  }

  public static var kindName: String {
    "HOST:PORT, or a section of address, dialect and tls"
  }

  public init?(configured text: String) {
    guard ListenAddress.isAddress(text) else { return nil }
    self.init(text)
  }

  public static func read(_ node: YAMLNode) throws(ValueProblem) -> ListenAddress {
    guard case .map = node.content else { return try ListenAddress(scalar: node) }
    let record = try Record(node, members: ["address", "dialect", "tls"])
    let listener = ListenAddress(
      try record.needed("address"), dialect: try record.value("dialect") ?? "",
      tls: try record.value("tls") ?? true)
    guard isAddress(listener.address) else {
      throw ValueProblem("wants HOST:PORT, not \(listener.address.quoted)", node)
    }
    return listener
  }

  private init(scalar node: YAMLNode) throws(ValueProblem) {
    guard case .scalar(let text, _) = node.content, let listener = ListenAddress(configured: text)
    else {
      throw ValueProblem("wants \(ListenAddress.kindName)", node)
    }
    self = listener
  }

  /// `127.0.0.1:8443`, `[::1]:8443`, `example.edu:8443`, `*:8443`; port 0 takes a free one.
  static func isAddress(_ text: String) -> Bool {
    guard let colon = text.lastIndex(of: ":") else { return false }
    let host = text[..<colon]
    let port = text[text.index(after: colon)...]
    guard port.utf8.allSatisfy({ (48...57).contains($0) }), UInt16(port) != nil else {
      return false
    }
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    return !host.isEmpty && (isBracketed || !host.contains(":")) && !host.contains(" ")
  }

  public var yaml: String {
    if dialect.isEmpty && tls { return address.quoted }
    let spoken = dialect.isEmpty ? "" : ", dialect: \(dialect.yaml)"
    return "{address: \(address.quoted)\(spoken), tls: \(tls.yaml)}"
  }
}

/// A certificate and its key, as the names of PEM files.
public struct CertificateFiles: Configurable {
  public var certificate: String
  public var key: String

  public init(certificate: String, key: String) {
    self.certificate = certificate
    self.key = key
  }

  public static var kindName: String { "a section of certificate and key" }

  /// `certificate.pem:key.pem`
  public init?(configured text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(certificate: String(parts[0]), key: String(parts[1]))
  }

  public static func read(_ node: YAMLNode) throws(ValueProblem) -> CertificateFiles {
    let record = try Record(node, members: ["certificate", "key"])
    return CertificateFiles(
      certificate: try record.needed("certificate"), key: try record.needed("key"))
  }

  public var yaml: String { "{certificate: \(certificate.yaml), key: \(key.yaml)}" }
}

/// The members of a section, of which all must be known.
struct Record {
  private let node: YAMLNode
  private var members: [String: YAMLNode] = [:]

  init(_ node: YAMLNode, members known: [String]) throws(ValueProblem) {
    self.node = node
    guard case .map(let found) = node.content else {
      throw ValueProblem(
        "wants a section of \(known.joined(separator: ", ")), not \(node.kind)", node)
    }
    for member in found {
      guard known.contains(member.key) else {
        let question = Nearest.question(member.key, in: known)
        throw ValueProblem("\(member.key) is not known here\(question)", member.value)
      }
      if !member.value.isEmpty { members[member.key] = member.value }
    }
  }

  func value<V: Configurable>(_ name: String) throws(ValueProblem) -> V? {
    guard let node = members[name] else { return nil }
    do {
      return try V.read(node)
    } catch {
      throw ValueProblem("\(name) \(error.message)", line: error.line)
    }
  }

  func needed<V: Configurable>(_ name: String) throws(ValueProblem) -> V {
    guard let value: V = try value(name) else {
      throw ValueProblem("\(name) is missing", node)
    }
    return value
  }
}
