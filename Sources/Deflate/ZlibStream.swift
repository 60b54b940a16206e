internal import CZlib

/// The C state of one zlib stream, at an address that never changes.
///
/// zlib keeps a pointer back to its `z_stream` and refuses one that has moved, so it cannot be
/// a stored value of a Swift struct.
@safe struct ZlibStream: ~Copyable {
  enum Direction { case deflate, inflate }

  let pointer: UnsafeMutablePointer<z_stream>
  private let direction: Direction

  /// Negative window bits mean raw deflate, more than 15 a gzip wrapping (zlib's convention).
  static func deflating(level: Int32, windowBits: Int32, memLevel: Int32) -> ZlibStream {
    let stream = ZlibStream(.deflate)
    let code = unsafe czlib_deflate_init(stream.pointer, level, windowBits, memLevel)
    precondition(code == Z_OK, "zlib refused the settings of a compressor, or memory is out")
    return stream
  }

  static func inflating(windowBits: Int32) -> ZlibStream {
    let stream = ZlibStream(.inflate)
    let code = unsafe czlib_inflate_init(stream.pointer, windowBits)
    precondition(code == Z_OK, "zlib refused the settings of an inflater, or memory is out")
    return stream
  }

  private init(_ direction: Direction) {
    self.direction = direction
    unsafe pointer = .allocate(capacity: 1)
    unsafe pointer.initialize(to: z_stream())
  }

  deinit {
    switch direction {
    case .deflate: _ = unsafe deflateEnd(pointer)
    case .inflate: _ = unsafe inflateEnd(pointer)
    }
    unsafe pointer.deallocate()
  }

  /// zlib reads its input only, though its C declaration cannot say so.
  func setInput(_ bytes: UnsafeRawBufferPointer) {
    let start = unsafe bytes.baseAddress.map { unsafe UnsafeMutableRawPointer(mutating: $0) }
    unsafe pointer.pointee.next_in = unsafe start?.assumingMemoryBound(to: UInt8.self)
    unsafe pointer.pointee.avail_in = UInt32(bytes.count)
  }

  func setOutput(_ room: UnsafeMutableRawBufferPointer, atMost limit: Int) {
    unsafe pointer.pointee.next_out = unsafe room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe pointer.pointee.avail_out = UInt32(min(room.count, limit, Int(UInt32.max)))
  }

  var inputLeft: Int { unsafe Int(pointer.pointee.avail_in) }
  var outputLeft: Int { unsafe Int(pointer.pointee.avail_out) }
}
