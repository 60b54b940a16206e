internal import CUring
internal import Glibc

/// Hands the kernel many sends with one system call, by io_uring.
///
/// Each is done, or refused, before `send` returns: nothing has to be kept for the kernel. Only
/// one thread may use a ring.
@safe public struct SendRing: ~Copyable {
  /// Bytes for one socket: a part of a larger run.
  @frozen public struct Parcel: Sendable {
    let descriptor: Int32
    public let range: Range<Int>

    /// The socket must stay open until the parcel is sent.
    public init(to socket: borrowing Socket, _ range: Range<Int>) {
      descriptor = socket.descriptor.rawValue
      self.range = range
    }
  }

  /// The outcome for a parcel that the kernel has not taken whole.
  public struct Shortfall: Sendable {
    public let parcel: Int
    // As the kernel says it.
    fileprivate let result: Int32

    public var outcome: Transfer {
      if result >= 0 { return .bytes(Int(result)) }
      return result == -EAGAIN || result == -EINTR ? .wouldBlock : .failed(SystemFault(-result))
    }
  }

  // Behind a pointer: the kernel's queues are mapped into it, and it must not move.
  private let ring: UnsafeMutablePointer<io_uring>
  public let places: Int
  private var isAnswered: [Bool] = []
  /// The kernel does not serve the ring any more. It must not be used again: orders that are still
  /// in it name bytes that are gone.
  public private(set) var isLost = false

  private init(_ ring: UnsafeMutablePointer<io_uring>, _ places: Int) {
    unsafe self.ring = ring
    self.places = places
  }

  /// Nil where the kernel has no io_uring or forbids it, as many containers do.
  public static func open(places: Int) -> SendRing? {
    let ring = UnsafeMutablePointer<io_uring>.allocate(capacity: 1)
    unsafe ring.initialize(to: io_uring())
    guard unsafe curing_open(ring, UInt32(places)) == 0 else {
      unsafe ring.deallocate()
      return nil
    }
    return unsafe SendRing(ring, places)
  }

  deinit {
    unsafe io_uring_queue_exit(ring)
    unsafe ring.deallocate()
  }

  /// Sends each parcel's bytes, as far as the kernel takes them, and says what became of those that
  /// it has not taken whole. `parcels` must not be more than `places`.
  public mutating func send(_ parcels: [Parcel], of bytes: Span<UInt8>) -> [Shortfall] {
    precondition(parcels.count <= places, "a ring takes no more than it has places for")
    precondition(!isLost, "a ring that is lost takes nothing")
    return unsafe bytes.withUnsafeBytes { bytes in
      for (number, parcel) in parcels.enumerated() {
        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[parcel.range])
        unsafe order(parcel.descriptor, part, UInt64(number))
      }
      return collect(parcels)
    }
  }

  // So often the kernel may say "not now" before that counts as "never".
  private static let patience = 1000

  private func order(_ descriptor: Int32, _ part: UnsafeRawBufferPointer, _ number: UInt64) {
    let status = unsafe curing_order_send(ring, descriptor, part.baseAddress, part.count, number)
    precondition(status == 0, "the ring is as long as it was made")
  }

  private mutating func collect(_ parcels: [Parcel]) -> [Shortfall] {
    var shortfalls: [Shortfall] = []
    isAnswered.removeAll(keepingCapacity: true)
    isAnswered.append(contentsOf: repeatElement(false, count: parcels.count))
    var missing = parcels.count
    var patience = SendRing.patience
    while missing > 0 {
      let status = unsafe io_uring_submit_and_wait(ring, 1)
      if status < 0 { patience -= 1 }
      guard patience > 0,
        status >= 0 || status == -EINTR || status == -EAGAIN || status == -EBUSY
      else { break }
      var number: UInt64 = 0
      var result: Int32 = 0
      while unsafe curing_take_result(ring, &number, &result) == 1 {
        let parcel = Int(number)
        isAnswered[parcel] = true
        missing -= 1
        guard result != parcels[parcel].range.count else { continue }
        shortfalls.append(Shortfall(parcel: parcel, result: result))
      }
    }
    isLost = missing > 0
    guard isLost else { return shortfalls }
    // A send without a completion is lost: whoever it was for has to come back.
    let lost = parcels.indices.filter { !isAnswered[$0] }
    return shortfalls + lost.map { Shortfall(parcel: $0, result: -EIO) }
  }
}
