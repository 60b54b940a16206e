internal import AccountStore
internal import CommandLineKit
internal import Glibc

extension Program {
  func importAccounts(_ call: Invocation) async throws -> ExitCode {
    let path = call.operand(0) ?? "-"
    let options = ImportOptions(
      isDryRun: call.has("dry-run"), updatesExisting: call.has("update"))
    return try await withAccounts(call) { accounts, _ in
      let file = try InputFile(path)
      let job = AccountImport(into: accounts, options: options)
      let summary = try await take(file, job)
      let dry = options.isDryRun ? " Nothing was kept: this was a dry run." : ""
      console.print(
        "\(summary.created) created, \(summary.updated) updated, \(summary.unchanged) unchanged, "
          + "\(summary.failed) failed.\(dry)")
      return summary.failed == 0 ? .success : .failure
    }
  }

  private func take(_ file: InputFile, _ job: consuming AccountImport) async throws
    -> ImportSummary
  {
    var job = job
    var progress = ProgressLine(console)
    var done = 0
    func report(_ line: ImportLine) {
      done += 1
      guard case .failed(let reason) = line.outcome else { return }
      progress.clear()
      console.printError("line \(line.line): \(line.login): \(reason)")
    }
    while let portion = try file.next() {
      try await job.append(portion) { report($0) }
      progress.show("\(done) lines\(file.share.map { ", \($0) %" } ?? "")")
    }
    try await job.finish { report($0) }
    progress.clear()
    return job.summary
  }
}

/// A file that is read from front to back, or the standard input.
final class InputFile {
  private let descriptor: Int32
  private let size: Int
  private var position = 0

  init(_ path: String) throws {
    descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  deinit { close(descriptor) }

  /// How much of it has been read, in hundredths; nil if nobody knows how long it is.
  var share: Int? { size > 0 ? position * 100 / size : nil }

  /// nil at the end.
  func next() throws -> [UInt8]? {
    while true {
      var failure: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { room, count in
        let got = read(descriptor, room.baseAddress, room.count)
        if got < 0 { failure = errno }
        count = max(0, got)
      }
      if failure == EINTR { continue }
      guard failure == 0 else {
        throw Failure("cannot read on: \(String(cString: strerror(failure)))")
      }
      position += bytes.count
      return bytes.isEmpty ? nil : bytes
    }
  }
}
