internal import CLinux

extension SystemTime {
  /// Whether somebody (NTP) keeps the machine's clock right; nil if the kernel does not say.
  public static var isKept: Bool? {
    var status = timex()
    let state = unsafe adjtimex(&status)
    guard state >= 0 else { return nil }
    return state != TIME_ERROR && status.status & STA_UNSYNC == 0
  }
}
