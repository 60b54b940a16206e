public import PluginKit

/// Remembers the mails and calls that would have left the house.
public actor BenchOutbox: MailService, WebService, SpreadsheetService {
  public private(set) var mails: [Mail] = []
  public private(set) var calls: [WebCall] = []
  public private(set) var sheets: [Sheet] = []
  /// The answer to a call.
  public var answer = WebAnswer(status: 200, body: [])

  public init() {}

  public func send(_ mail: Mail) async throws { mails.append(mail) }

  public func call(_ call: WebCall) async throws -> WebAnswer {
    calls.append(call)
    return answer
  }

  public func workbook(_ sheet: Sheet) async throws -> [UInt8] {
    sheets.append(sheet)
    return Array("xlsx:\(sheet.name)".utf8)
  }

  public func setAnswer(_ answer: WebAnswer) { self.answer = answer }
}
