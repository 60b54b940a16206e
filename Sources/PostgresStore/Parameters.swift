internal import Storage

/// The arguments of a statement in the form the library wants them: their bytes one behind the
/// other, each ended by a zero.
struct Parameters {
  /// The type that the server is told for an argument. Text is left open, so that it fits any column as it
  /// does on SQLite.
  static func type(of value: Value) -> UInt32 {
    switch value {
    case .null, .text: 0
    case .int: 20
    case .real: 701
    case .blob: 17
    }
  }

  private var bytes: [UInt8] = []
  private var offsets: [Int?] = []
  private var lengths: [Int32] = []
  private var formats: [Int32] = []

  init(_ values: [Value]) throws(StoreError) {
    for value in values {
      try value.checkStorable()
      switch value {
      case .null: addNothing()
      case .int(let number): add(String(number).utf8)
      case .real(let number): add(number.description.utf8)
      case .text(let text): add(text.utf8)
      case .blob(let blob): add(blob, format: 1)
      }
    }
  }

  private mutating func addNothing() {
    offsets.append(nil)
    lengths.append(0)
    formats.append(0)
  }

  /// - Parameter format: 0 is text, 1 the bytes as they are.
  private mutating func add(_ more: some Collection<UInt8>, format: Int32 = 0) {
    offsets.append(bytes.count)
    bytes += more
    bytes.append(0)
    lengths.append(Int32(more.count))
    formats.append(format)
  }

  /// Calls `body` with pointers that are good until it returns.
  func withPointers<Result>(
    _ body: (Int32, [UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
  ) -> Result {
    unsafe bytes.withUnsafeBytes { all in
      let start = unsafe all.baseAddress?.assumingMemoryBound(to: CChar.self)
      let pointers = unsafe offsets.map { offset -> UnsafePointer<CChar>? in
        guard let offset, let start = unsafe start else { return nil }
        return unsafe start + offset
      }
      return unsafe body(Int32(offsets.count), pointers, lengths, formats)
    }
  }
}
