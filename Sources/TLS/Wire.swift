internal import Bytes
internal import COpenSSL

/// The buffers that OpenSSL reads and writes during one call: the bytes just received, and the
/// caller's own buffer of bytes to send. It lives on the stack of that call; the BIO points to it
/// only until the call returns. So neither direction has a buffer per connection.
@safe struct Wire: ~Copyable {
  var incoming: UnsafeRawPointer?
  var remaining: Int
  var outgoing: ByteBuffer

  /// The functions by which OpenSSL reaches a wire.
  // Sendable: nobody changes the pointer or the method behind it after it was made.
  @safe struct Method: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  /// One for the process, and never freed: sessions may outlive the context that made them, and
  /// libcrypto has only 127 kinds of BIO to give away.
  static let method = unsafe makeMethod().map { unsafe Method(pointer: $0) }

  private static func makeMethod() -> OpaquePointer? {
    let kind = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
    guard let method = unsafe BIO_meth_new(kind, "wire") else { return nil }
    unsafe BIO_meth_set_create(method) { bio in
      unsafe BIO_set_init(bio, 1)
      return 1
    }
    unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    unsafe BIO_meth_set_read(method) { unsafe Wire.read($0, $1, $2) }
    unsafe BIO_meth_set_write(method) { unsafe Wire.write($0, $1, $2) }
    return unsafe method
  }

  private static func wire(of bio: OpaquePointer?) -> UnsafeMutablePointer<Wire>? {
    unsafe BIO_get_data(bio)?.assumingMemoryBound(to: Wire.self)
  }

  private static func read(
    _ bio: OpaquePointer?, _ target: UnsafeMutablePointer<CChar>?, _ room: Int32
  ) -> Int32 {
    unsafe muster_bio_clear_retry(bio)
    guard let wire = unsafe wire(of: bio), unsafe wire.pointee.remaining > 0, room > 0,
      let target = unsafe target, let source = unsafe wire.pointee.incoming
    else {
      unsafe muster_bio_retry_read(bio)
      return -1
    }
    let count = unsafe min(Int(room), wire.pointee.remaining)
    unsafe UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count)
    unsafe wire.pointee.incoming = source + count
    unsafe wire.pointee.remaining -= count
    return Int32(count)
  }

  private static func write(
    _ bio: OpaquePointer?, _ source: UnsafePointer<CChar>?, _ count: Int32
  ) -> Int32 {
    guard let wire = unsafe wire(of: bio) else { return -1 }
    unsafe wire.pointee.outgoing.append(UnsafeRawBufferPointer(start: source, count: Int(count)))
    return count
  }
}
