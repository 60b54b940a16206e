internal import HTTP
internal import PluginKit

/// A form with files on its way in: files go to disk piece by piece, fields stay in memory.
final class UploadIntake {
  private struct File {
    let part: MultipartPart
    let path: String
    let handle: Disk.Handle
    var size = 0
  }

  var parser: MultipartParser
  private let disk: Disk
  private let folder: String
  private var fields = Fields()
  private var field: (name: String, value: [UInt8])?
  private var file: File?
  private(set) var files: [UploadedFile] = []
  private var waiting: [MultipartEvent] = []
  private(set) var waitingBytes = 0
  private(set) var isFinished = false
  private(set) var isWorking = false
  private(set) var hasFailed = false

  /// More than this on its way to the disk stops the reading.
  static let mostWaiting = 1 << 20

  init(parser: MultipartParser, disk: Disk, folder: String) {
    self.parser = parser
    self.disk = disk
    self.folder = folder
  }

  /// Is there anything that has not gone to disk?
  var hasWork: Bool { !waiting.isEmpty }

  var form: Request.Body { .form(fields, files: files) }

  func add(_ event: MultipartEvent) {
    if case .bytes(let bytes) = event { waitingBytes += bytes.count }
    if case .finished = event { isFinished = true }
    waiting.append(event)
  }

  /// Works off what has come, in order. One call at a time.
  func work() async {
    guard !isWorking else { return }
    isWorking = true
    while !waiting.isEmpty && !hasFailed { await take(waiting.removeFirst()) }
    isWorking = false
  }

  private func take(_ event: MultipartEvent) async {
    switch event {
    case .partBegan(let part): await begin(part)
    case .bytes(let bytes):
      waitingBytes -= bytes.count
      if let handle = file?.handle {
        file?.size += bytes.count
        if !(await disk.append(bytes, to: handle)) { hasFailed = true }
      } else {
        field?.value += bytes
      }
    case .partEnded: await endPart()
    case .finished: return
    }
  }

  private func begin(_ part: MultipartPart) async {
    guard part.fileName != nil else {
      field = (part.name, [])
      return
    }
    guard let made = await disk.make(in: folder) else {
      hasFailed = true
      return
    }
    file = File(part: part, path: made.path, handle: made.handle)
  }

  private func endPart() async {
    if let field { fields.append(field.name, String(decoding: field.value, as: UTF8.self)) }
    field = nil
    guard let file else { return }
    self.file = nil
    await disk.close(file.handle)
    files.append(
      UploadedFile(
        field: file.part.name, name: file.part.fileName ?? "file",
        contentType: file.part.contentType?.description ?? "application/octet-stream",
        size: file.size, path: file.path))
  }

  /// Deletes what the handler has not taken away.
  func discard() async {
    if let file {
      await disk.close(file.handle)
      await disk.remove([file.path])
    }
    await disk.remove(files.map(\.path))
  }
}
