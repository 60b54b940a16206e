/// A growable run of bytes with one owner: bytes are appended behind and consumed in front.
///
/// It owns its memory and gives it back in `deinit`. Nothing outside the readable bytes can be
/// seen through `bytes` or `mutableBytes`; what can is named `unsafe`.
@safe public struct ByteBuffer: ~Copyable {
  // `storage` is nil exactly while `capacity` is 0, so that an empty buffer costs nothing.
  @usableFromInline var storage: UnsafeMutableRawPointer?
  public private(set) var capacity: Int
  @usableFromInline var head = 0
  @usableFromInline var tail = 0

  /// A buffer that owns no memory until something is appended, unless `capacity` asks for some.
  ///
  /// - Parameter alignment: a power of two that the memory's address is a multiple of.
  public init(capacity: Int = 0, alignment: Int = 16) {
    self.capacity = capacity
    unsafe storage = capacity > 0 ? .allocate(byteCount: capacity, alignment: alignment) : nil
  }

  deinit { unsafe storage?.deallocate() }

  /// How many bytes can be read.
  @inlinable public var count: Int { tail - head }
  @inlinable public var isEmpty: Bool { tail == head }

  /// The readable bytes.
  @inlinable public var bytes: Span<UInt8> {
    @_lifetime(borrow self) get {
      let start = unsafe storage.map { unsafe $0 + head }?.assumingMemoryBound(to: UInt8.self)
      let span = unsafe Span(_unsafeStart: start ?? ByteBuffer.nowhere, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The readable bytes, to be changed in place.
  @inlinable public var mutableBytes: MutableSpan<UInt8> {
    @_lifetime(&self) mutating get {
      let start = unsafe storage.map { unsafe $0 + head }?.assumingMemoryBound(to: UInt8.self)
      let span = unsafe MutableSpan(_unsafeStart: start ?? ByteBuffer.nowhere, count: count)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// Stands in for the start of an empty buffer, which has no memory of its own.
  @usableFromInline static var nowhere: UnsafeMutablePointer<UInt8> {
    unsafe UnsafeMutablePointer(bitPattern: 16).unsafelyUnwrapped
  }

  /// Makes room for `extra` more bytes behind the readable ones, moving them if that is enough.
  @inlinable public mutating func reserve(_ extra: Int) {
    if capacity - tail < extra { grow(extra) }
  }

  @usableFromInline mutating func grow(_ extra: Int) {
    let live = count
    let needed = live + extra
    if needed <= capacity, let storage = unsafe storage, head > 0 {
      unsafe storage.copyMemory(from: storage + head, byteCount: live)
    } else {
      let size = max(needed, capacity * 2, 64)
      let fresh = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
      if let old = unsafe storage {
        unsafe fresh.copyMemory(from: old + head, byteCount: live)
        unsafe old.deallocate()
      }
      unsafe storage = fresh
      capacity = size
    }
    head = 0
    tail = live
  }

  @inlinable public mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe storage.unsafelyUnwrapped.storeBytes(of: byte, toByteOffset: tail, as: UInt8.self)
    tail += 1
  }

  @inlinable public mutating func append(_ source: UnsafeRawBufferPointer) {
    guard source.count > 0, let base = source.baseAddress else { return }
    reserve(source.count)
    unsafe (storage.unsafelyUnwrapped + tail).copyMemory(from: base, byteCount: source.count)
    tail += source.count
  }

  @inlinable public mutating func append(_ source: Span<UInt8>) {
    unsafe source.withUnsafeBytes { unsafe append($0) }
  }

  @inlinable public mutating func append(_ source: [UInt8]) {
    unsafe source.withUnsafeBytes { unsafe append($0) }
  }

  @inlinable public mutating func append(_ text: StaticString) {
    unsafe append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inlinable public mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends `number` in decimal digits.
  @inlinable public mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var digits: [20 of UInt8] = .init(repeating: 0)
    var first = 20
    repeat {
      first -= 1
      digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    for index in first..<20 { append(digits[index]) }
  }

  /// Appends what `fill` writes into at least `minimum` bytes of fresh room; it says how many.
  @inlinable public mutating func appendUnsafe<Failure: Error>(
    minimum: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    reserve(max(minimum, 1))
    let room = unsafe UnsafeMutableRawBufferPointer(
      start: storage.unsafelyUnwrapped + tail, count: capacity - tail)
    let written = try unsafe fill(room)
    precondition(written >= 0 && written <= room.count, "wrote past the room it was given")
    tail += written
  }

  /// Forgets the first `amount` readable bytes.
  @inlinable public mutating func consume(_ amount: Int) {
    precondition(amount >= 0 && amount <= count, "cannot consume more than there is")
    head += amount
    if head == tail {
      head = 0
      tail = 0
    }
  }

  /// Keeps only the first `length` readable bytes.
  @inlinable public mutating func truncate(to length: Int) {
    precondition(length >= 0 && length <= count, "cannot truncate to more than there is")
    tail = head + length
  }

  /// Empties the buffer; gives its memory back unless it is to be kept.
  @inlinable public mutating func removeAll(keepingCapacity: Bool = true) {
    head = 0
    tail = 0
    if !keepingCapacity { release() }
  }

  @usableFromInline mutating func release() {
    unsafe storage?.deallocate()
    unsafe storage = nil
    capacity = 0
  }

  @inlinable public borrowing func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = unsafe storage.map { unsafe UnsafeRawPointer($0 + head) }
    return try unsafe body(UnsafeRawBufferPointer(start: start, count: count))
  }

  @inlinable public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = unsafe storage.map { unsafe $0 + head }
    return try unsafe body(UnsafeMutableRawBufferPointer(start: start, count: count))
  }
}

extension Array where Element == UInt8 {
  /// A copy of the readable bytes.
  @inlinable public init(_ buffer: borrowing ByteBuffer) {
    self = unsafe buffer.withUnsafeBytes { unsafe Array($0) }
  }
}

extension String {
  /// The readable bytes as text; what is not UTF-8 becomes U+FFFD.
  @inlinable public init(_ buffer: borrowing ByteBuffer) {
    self = unsafe buffer.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
