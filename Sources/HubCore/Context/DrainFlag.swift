internal import Synchronization

/// Whether the server sends its clients away.
final class DrainFlag: Sendable {
  private let value = Atomic<Bool>(false)

  var isOn: Bool { value.load(ordering: .relaxed) }

  func turnOn() { value.store(true, ordering: .relaxed) }
}
