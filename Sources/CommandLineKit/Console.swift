internal import Glibc

/// Where a command writes and reads. Tests hand in their own.
public struct Console: Sendable {
  /// Without adding a line end.
  public var write: @Sendable (String) -> Void
  public var writeError: @Sendable (String) -> Void
  /// Asks for a line that nobody shall see; nil at the end of the input.
  public var readSecret: @Sendable (_ prompt: String) -> String?
  /// Is somebody looking, for whom progress is worth showing?
  public var isTerminal: Bool

  public init(
    isTerminal: Bool = false, write: @escaping @Sendable (String) -> Void,
    writeError: @escaping @Sendable (String) -> Void,
    readSecret: @escaping @Sendable (String) -> String?
  ) {
    self.isTerminal = isTerminal
    self.write = write
    self.writeError = writeError
    self.readSecret = readSecret
  }

  public func print(_ line: String) { write(line + "\n") }
  public func printError(_ line: String) { writeError(line + "\n") }

  /// The terminal, or what stands in its place.
  public static let standard = Console(
    isTerminal: isatty(STDERR_FILENO) == 1,
    write: { put($0, STDOUT_FILENO) }, writeError: { put($0, STDERR_FILENO) },
    readSecret: readHidden)

  private static func put(_ text: String, _ descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      // A reader that is gone, as behind `| head`: nobody is left to be told.
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  private static func readHidden(_ prompt: String) -> String? {
    guard isatty(STDIN_FILENO) == 1 else { return readLine() }
    var before = termios()
    tcgetattr(STDIN_FILENO, &before)
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO)
    put(prompt, STDERR_FILENO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
      put("\n", STDERR_FILENO)
    }
    return readLine()
  }
}

/// One line on a terminal that is written over and over while long work goes on.
public struct ProgressLine {
  private let console: Console
  private var shown = ""

  public init(_ console: Console) { self.console = console }

  public mutating func show(_ text: String) {
    guard console.isTerminal, text != shown else { return }
    // Back to the start of the line, and what is left of a longer text before is erased.
    console.writeError("\r\(text)\u{1B}[K")
    shown = text
  }

  /// Takes the line away, so that what comes next begins on a clean one.
  public mutating func clear() {
    guard !shown.isEmpty else { return }
    console.writeError("\r\u{1B}[K")
    shown = ""
  }
}
