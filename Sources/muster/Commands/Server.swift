import CommandLineKit

// The commands that run a server or talk to one that runs.
extension Program {
  func publish(_ call: Invocation) async throws -> ExitCode {
    throw Failure("publish is not wired", .unavailable)
  }

  func watch(_ call: Invocation) async throws -> ExitCode {
    throw Failure("watch is not wired", .unavailable)
  }
}
