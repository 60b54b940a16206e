internal import Bytes

/// One element of an `Accept…` field with its weight (RFC 9110, 12.4.2).
struct WeightedElement: ~Escapable {
  let value: Span<UInt8>
  /// In thousandths.
  let quality: Int

  /// Nil if the weight is malformed; such an element is passed over.
  @_lifetime(copy element)
  init?(_ element: Span<UInt8>) {
    let end = element.firstIndex(of: UInt8(ascii: ";")) ?? element.count
    var quality = 1000
    var parameters = Parameters(element.extracting(end...))
    while parameters.next() {
      guard parameters.name.matches(("q" as StaticString).bytes) else { continue }
      guard let weight = WeightedElement.weight(parameters.rawValue) else { return nil }
      quality = weight
    }
    if parameters.isMalformed { return nil }
    value = element.extracting(0..<end).trimmed()
    self.quality = quality
  }

  /// `0.75` as 750: a zero or a one, and at most three digits behind the dot.
  private static func weight(_ text: Span<UInt8>) -> Int? {
    guard !text.isEmpty, text.count <= 5, text[0] == 0x30 || text[0] == 0x31,
      text.count == 1 || text[1] == UInt8(ascii: ".")
    else { return nil }
    var weight = Int(text[0] &- 0x30) * 1000
    var unit = 100
    for index in min(2, text.count)..<text.count {
      guard text[index].isDigit else { return nil }
      weight += Int(text[index] &- 0x30) * unit
      unit /= 10
    }
    return weight <= 1000 ? weight : nil
  }
}

extension Headers {
  /// How much the peer wants something, in thousandths: the weight of the element that fits it
  /// most exactly. `fit` says how exactly an element fits, 0 for not at all. Nil if none fits.
  private func quality(of name: HeaderName, _ fit: (Span<UInt8>) -> Int) -> Int? {
    var best: (fit: Int, quality: Int)?
    var next = index(of: name)
    while let index = next {
      var elements = ListElements(value(at: index))
      while let element = elements.next() {
        guard let weighted = WeightedElement(element) else { continue }
        let found = fit(weighted.value)
        if found > best?.fit ?? 0 { best = (found, weighted.quality) }
      }
      next = self.index(of: name, from: index + 1)
    }
    return best?.quality
  }

  /// Whether an answer may be packed so. Without the field we send nothing packed, though it
  /// would be allowed: who asks for nothing is often a script.
  public func accepts(encoding: StaticString) -> Bool {
    let quality = quality(of: .acceptEncoding) { element in
      if element.matches(encoding.bytes) { return 2 }
      return element.isWildcard ? 1 : 0
    }
    return quality ?? 0 > 0
  }

  /// The index of the media type that suits the peer best, the earlier one among equals; nil if
  /// none will do. Without `Accept` the first one.
  public func preferredType(among types: [ContentType]) -> Int? {
    guard contains(.accept) else { return types.isEmpty ? nil : 0 }
    return mostWanted(among: types.indices) { index in
      let essence = types[index].essence
      return quality(of: .accept) { Headers.fit($0, of: essence.utf8.span) }
    }
  }

  /// The language tag that suits the peer best, the earlier one among equals; nil if none will do.
  /// `zh-CN` is content with `zh`, and `zh` with `zh-CN`. Without the field the first one.
  public func preferredLanguage(among tags: [String]) -> String? {
    guard contains(.acceptLanguage) else { return tags.first }
    return mostWanted(among: tags.indices) { index in
      quality(of: .acceptLanguage) { Headers.languageFit($0, of: tags[index].utf8.span) }
    }.map { tags[$0] }
  }

  private func mostWanted(among indices: Range<Int>, _ quality: (Int) -> Int?) -> Int? {
    var best: (index: Int, quality: Int)?
    for index in indices {
      let wanted = quality(index) ?? 0
      if wanted > best?.quality ?? 0 { best = (index, wanted) }
    }
    return best?.index
  }

  private static func fit(_ range: Span<UInt8>, of essence: Span<UInt8>) -> Int {
    if range.matches(essence) { return 3 }
    let slash = essence.firstIndex(of: UInt8(ascii: "/")) ?? 0
    let group = essence.extracting(0...slash)
    if range.count == group.count + 1, range.extracting(0..<group.count).matches(group),
      range[group.count] == UInt8(ascii: "*")
    {
      return 2
    }
    return range.matches(("*/*" as StaticString).bytes) ? 1 : 0
  }

  private static func languageFit(_ range: Span<UInt8>, of tag: Span<UInt8>) -> Int {
    if range.matches(tag) { return 4 }
    if range.isPrefix(ofTag: tag) { return 3 }
    if tag.isPrefix(ofTag: range) { return 2 }
    return range.isWildcard ? 1 : 0
  }
}

extension Span where Element == UInt8 {
  fileprivate var isWildcard: Bool { count == 1 && self[0] == UInt8(ascii: "*") }

  /// Whether this is the front of a longer language tag.
  fileprivate func isPrefix(ofTag longer: Span<UInt8>) -> Bool {
    longer.count > count && longer[count] == UInt8(ascii: "-")
      && longer.extracting(0..<count).matches(self)
  }
}

/// Whether an answer is sent as gzip to whoever takes that. Below a kilobyte it fits into one packet
/// anyway.
public func isWorthCompressing(_ type: ContentType, length: Int) -> Bool {
  length >= 1024 && type.isCompressible
}
