internal import CYAML

/// Reads one YAML document into a tree.
///
/// Configurations are small and plain: anchors, aliases, several documents and keys that are not
/// text are refused, and depth and number of values are limited before memory is taken for them.
@safe struct YAMLReader: ~Copyable {
  static let longestText = 1 << 20
  private static let deepest = 16
  private static let mostNodes = 20_000

  // libyaml keeps the address of its parser, so it lies in memory that does not move.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private var nodes = 0

  private init() {
    unsafe parser = .allocate(capacity: 1)
    let made = unsafe yaml_parser_initialize(parser)
    precondition(made == 1, "no memory for a YAML parser")
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
  }

  /// nil if there is nothing but blanks and comments.
  static func read(_ text: [UInt8]) throws(ValueProblem) -> YAMLNode? {
    guard text.count <= longestText else {
      throw ValueProblem("longer than \(longestText) bytes", line: 1)
    }
    // libyaml reads from `text` until the last event, all of which happens in here.
    let result: Result<YAMLNode?, ValueProblem> = unsafe text.withUnsafeBufferPointer { bytes in
      var reader = YAMLReader()
      unsafe yaml_parser_set_encoding(reader.parser, YAML_UTF8_ENCODING)
      unsafe yaml_parser_set_input_string(reader.parser, bytes.baseAddress, bytes.count)
      do throws(ValueProblem) {
        return .success(try reader.document())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private enum Event {
    case streamStart, streamEnd, documentStart, documentEnd
    case scalar(String, isPlain: Bool)
    case listStart, listEnd, mapStart, mapEnd
  }

  private mutating func document() throws(ValueProblem) -> YAMLNode? {
    while true {
      let (event, line) = try next()
      switch event {
      case .streamStart: continue
      case .streamEnd: return nil
      case .documentStart:
        let (first, line) = try next()
        let node = try node(first, line, depth: 0)
        try expectEnd()
        return node
      case .documentEnd, .scalar, .listStart, .listEnd, .mapStart, .mapEnd:
        throw ValueProblem("not a YAML document", line: line)
      }
    }
  }

  private mutating func expectEnd() throws(ValueProblem) {
    while true {
      let (event, line) = try next()
      if case .documentEnd = event { continue }
      if case .streamEnd = event { return }
      throw ValueProblem("a second document begins here", line: line)
    }
  }

  private mutating func node(_ event: Event, _ line: Int, depth: Int) throws(ValueProblem)
    -> YAMLNode
  {
    nodes += 1
    guard depth < YAMLReader.deepest, nodes < YAMLReader.mostNodes else {
      throw ValueProblem("nested too deep or too long", line: line)
    }
    switch event {
    case .scalar(let text, let isPlain):
      return YAMLNode(line: line, content: .scalar(text, isPlain: isPlain))
    case .listStart: return YAMLNode(line: line, content: .list(try list(depth)))
    case .mapStart: return YAMLNode(line: line, content: .map(try map(depth)))
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .listEnd, .mapEnd:
      throw ValueProblem("not a YAML document", line: line)
    }
  }

  private mutating func list(_ depth: Int) throws(ValueProblem) -> [YAMLNode] {
    var nodes: [YAMLNode] = []
    while true {
      let (event, line) = try next()
      if case .listEnd = event { return nodes }
      nodes.append(try node(event, line, depth: depth + 1))
    }
  }

  private mutating func map(_ depth: Int) throws(ValueProblem) -> [YAMLNode.Member] {
    var members: [YAMLNode.Member] = []
    var lines: [String: Int] = [:]
    while true {
      let (event, line) = try next()
      if case .mapEnd = event { return members }
      guard case .scalar(let key, _) = event else {
        throw ValueProblem("a key is one word, not a list or a section", line: line)
      }
      if let earlier = lines.updateValue(line, forKey: key) {
        throw ValueProblem("\(key) is in line \(earlier) already", line: line)
      }
      let (first, valueLine) = try next()
      let value = try node(first, valueLine, depth: depth + 1)
      members.append(YAMLNode.Member(key: key, line: line, value: value))
    }
  }

  private mutating func next() throws(ValueProblem) -> (Event, line: Int) {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { unsafe yaml_event_delete(&event) }
    let line = unsafe Int(event.start_mark.line) + 1
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: return (.streamStart, line)
    case YAML_STREAM_END_EVENT: return (.streamEnd, line)
    case YAML_DOCUMENT_START_EVENT: return (.documentStart, line)
    case YAML_DOCUMENT_END_EVENT: return (.documentEnd, line)
    case YAML_SEQUENCE_END_EVENT: return (.listEnd, line)
    case YAML_MAPPING_END_EVENT: return (.mapEnd, line)
    case YAML_SEQUENCE_START_EVENT:
      try refuse(isAnchored: unsafe event.data.sequence_start.anchor != nil, line)
      return (.listStart, line)
    case YAML_MAPPING_START_EVENT:
      try refuse(isAnchored: unsafe event.data.mapping_start.anchor != nil, line)
      return (.mapStart, line)
    case YAML_SCALAR_EVENT:
      try refuse(isAnchored: unsafe event.data.scalar.anchor != nil, line)
      return (unsafe YAMLReader.scalar(event), line)
    default:
      throw ValueProblem("anchors and aliases are not understood here", line: line)
    }
  }

  private func refuse(isAnchored: Bool, _ line: Int) throws(ValueProblem) {
    guard !isAnchored else {
      throw ValueProblem("anchors and aliases are not understood here", line: line)
    }
  }

  private static func scalar(_ event: yaml_event_t) -> Event {
    let scalar = unsafe event.data.scalar
    let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    let text = unsafe String(decoding: bytes, as: UTF8.self)
    return unsafe .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
  }

  /// The message of libyaml.
  private func failure() -> ValueProblem {
    let line = unsafe Int(parser.pointee.problem_mark.line) + 1
    guard let problem = unsafe parser.pointee.problem else {
      return ValueProblem("not YAML", line: line)
    }
    return ValueProblem("not YAML: \(unsafe String(cString: problem))", line: line)
  }
}
