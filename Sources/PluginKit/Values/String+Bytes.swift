extension String {
  /// Whether both are the same bytes of UTF-8.
  ///
  /// `==` takes canonically equivalent texts for equal, by the tables of Swift's own Unicode
  /// version. Names that are looked up, stored or sent are compared by their bytes.
  public func hasSameBytes(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    let (mine, others) = (utf8.span, other.utf8.span)
    for index in mine.indices where mine[index] != others[index] { return false }
    return true
  }
}
