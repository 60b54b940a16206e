import CommandLineKit
import Synchronization
import Testing

@Suite struct ProgressLineTests {
  /// What a command wrote to its error output.
  private final class Screen: Sendable {
    private let length = Atomic(0)
    var isEmpty: Bool { length.load(ordering: .relaxed) == 0 }
    func put(_ text: String) { length.add(text.utf8.count, ordering: .relaxed) }
  }

  @Test(arguments: [true, false])
  func `progress is shown to people only`(isTerminal: Bool) {
    let screen = Screen()
    let console = Console(
      isTerminal: isTerminal, write: { _ in }, writeError: { screen.put($0) },
      readSecret: { _ in nil })
    var progress = ProgressLine(console)
    progress.show("10 %")
    progress.clear()
    #expect(screen.isEmpty == !isTerminal)
  }
}
