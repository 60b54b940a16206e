internal import PluginKit

/// Mails to people whose stay was ended for them, and the mail with the table of the week.
///
/// A mail that cannot be sent is logged and changes nothing about the stay.
struct Notifications: Sendable {
  let mail: any MailService
  let settings: Settings
  let log: Log

  func reported(_ person: Person) async {
    await send(person, "举报通知", "你被他人举报了,下次记得签退")
  }

  func closedAtNight(_ person: Person) async {
    await send(person, "晚间签退通知", "本次签退不计入总时长，下次记得签退")
  }

  func sendExport(_ name: String, _ bytes: [UInt8]) async {
    let receiver = settings.text("export_mail")
    guard !receiver.isEmpty else { return }
    let file = Mail.Attachment(
      name: name, contentType: WeeklyExport.contentType, bytes: bytes)
    await send(Mail(to: receiver, subject: name, text: name, attachments: [file]))
  }

  private func send(_ person: Person, _ subject: String, _ text: String) async {
    guard let mailbox = person.mailbox, Notifications.isMailbox(mailbox) else { return }
    await send(Mail(to: "\(mailbox)@qq.com", subject: subject, text: text))
  }

  private func send(_ message: Mail) async {
    do {
      try await mail.send(message)
    } catch {
      log.warning("a mail was not sent", ["subject": message.subject, "reason": "\(error)"])
    }
  }

  /// Whether a text can stand before the `@` without forming another address or header.
  static func isMailbox(_ text: String) -> Bool {
    (1...20).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
