internal import Loop
public import PluginKit
internal import Primitives

/// A wall clock that stands still until a test turns it.
public final class ManualClock: WallClock {
  private let moment: Locked<Int64>

  /// - Parameter now: Unix milliseconds.
  public init(now: Int64 = 1_661_998_600_000) { moment = Locked(now) }

  /// A clock at a moment written like `2022-09-01 10:16:40`, Asia/Shanghai.
  public convenience init(_ text: String) {
    guard let time = LocalZone.shanghai.time(text) else {
      preconditionFailure("\(text) is no moment")
    }
    self.init(now: time.unixMilliseconds)
  }

  public var now: Int64 { moment.withLock { $0 } }

  public func advance(seconds: Int) { moment.withLock { $0 += Int64(seconds) * 1000 } }

  public func set(_ now: Int64) { moment.withLock { $0 = now } }
}
