internal import Bytes
internal import HTTP
internal import PluginKit

/// A form with files on its way in: files go to disk piece by piece, fields stay in memory.
final class UploadReceiver {
  private struct File {
    let part: MultipartPart
    let path: String
    let handle: DiskThread.Handle
    var size = 0
  }

  var parser: MultipartParser
  private let disk: DiskThread
  private let folder: String
  private var fields = Fields()
  private var field: (name: String, value: [UInt8])?
  private var file: File?
  private(set) var files: [UploadedFile] = []
  private var waiting: [MultipartEvent] = []
  private(set) var waitingBytes = 0
  private(set) var isFinished = false
  private(set) var isWorking = false
  /// The disk refused something.
  private(set) var hasFailed = false
  private var isDiscarded = false

  /// More than this on its way to the disk stops the reading.
  static let mostWaiting = 1 << 20

  init(parser: MultipartParser, disk: DiskThread, folder: String) {
    self.parser = parser
    self.disk = disk
    self.folder = folder
  }

  /// Is there anything that has not gone to disk?
  var hasWork: Bool { !waiting.isEmpty && !hasFailed }

  var form: Request.Body { .form(fields, files: files) }

  func add(_ event: MultipartEvent) throws(HTTPError) {
    switch event {
    case .finished:
      isFinished = true
    case .partBegan(let part) where part.fileName == nil:
      field = (part.name, [])
    case .bytes(let bytes) where field != nil:
      field?.value += bytes
    case .partEnded where field != nil:
      try endField()
    case .bytes(let bytes):
      waitingBytes += bytes.count
      waiting.append(event)
    case .partBegan, .partEnded:
      waiting.append(event)
    }
  }

  /// As in forms without files: UTF-8, and no NUL, which no database takes.
  private func endField() throws(HTTPError) {
    guard let (name, value) = field.take() else { return }
    guard let text = String(validating: value.span), !value.contains(0) else {
      throw HTTPError(.malformedEncoding)
    }
    fields.append(name, text)
  }

  /// Works off what has come, in order. One call at a time.
  func work() async {
    guard !isWorking else { return }
    isWorking = true
    while hasWork && !isDiscarded { await take(waiting.removeFirst()) }
    isWorking = false
    if isDiscarded { await remove() }
  }

  private func take(_ event: MultipartEvent) async {
    switch event {
    case .partBegan(let part): await begin(part)
    case .bytes(let bytes):
      waitingBytes -= bytes.count
      guard let handle = file?.handle else { return }
      file?.size += bytes.count
      if !(await disk.append(bytes, to: handle)) { hasFailed = true }
    case .partEnded: await endFile()
    case .finished: return
    }
  }

  private func begin(_ part: MultipartPart) async {
    guard let made = await disk.make(in: folder) else {
      hasFailed = true
      return
    }
    file = File(part: part, path: made.path, handle: made.handle)
  }

  private func endFile() async {
    guard let file = file.take() else { return }
    await disk.close(file.handle)
    files.append(
      UploadedFile(
        field: file.part.name, name: file.part.fileName ?? "file",
        contentType: file.part.contentType?.description ?? "application/octet-stream",
        size: file.size, path: file.path))
  }

  /// Deletes the files that the handler has not taken away. An operation of the disk that is under
  /// way is finished first: its descriptor, once closed, may belong to another file by then.
  func discard() async {
    isDiscarded = true
    if !isWorking { await remove() }
  }

  private func remove() async {
    if let file = file.take() {
      await disk.close(file.handle)
      await disk.remove([file.path])
    }
    await disk.remove(files.map(\.path))
  }
}
