internal import HubProtocol
internal import HubTopics
internal import PluginKit

/// Reports who comes and goes from the owners of topics to the first worker, which tells the
/// receiver of webhooks.
///
/// Not `Sendable`: it belongs to one worker.
final class WebhookReporter {
  private let rules: WebhookRules?
  private let drain: DrainFlag
  private let mailbox: Mailbox<Worker>

  init(_ rules: WebhookRules?, _ drain: DrainFlag, _ mailbox: Mailbox<Worker>) {
    self.rules = rules
    self.drain = drain
    self.mailbox = mailbox
  }

  /// A member came or went.
  func report(
    _ kind: MembershipChange.Kind, of who: Identity, in topic: TopicName,
    on worker: isolated Worker
  ) {
    guard rules != nil else { return }
    let isThere = kind == .joined
    report(isThere, .topic(topic.description), by: who.id, nil, on: worker)
    // Another program could not know a guest.
    if who.isGuest { return }
    let person = WebhookLedger.Person(name: who.name, avatar: who.avatar)
    report(isThere, .user(who.id), by: topic.description, person, on: worker)
  }

  /// A topic that does not know its members has got its first subscriber, or lost its last.
  func report(_ topic: TopicName, isOccupied: Bool, on worker: isolated Worker) {
    guard rules != nil else { return }
    report(isOccupied, .topic(topic.description), by: "", nil, on: worker)
  }

  private func report(
    _ isThere: Bool, _ subject: WebhookSubject, by holder: String,
    _ person: WebhookLedger.Person?, on worker: isolated Worker
  ) {
    guard rules?.cares(for: subject) == true else { return }
    // Drained clients are expected back; absences are found out after the next start.
    if !isThere && drain.isOn { return }
    let report = WebhookReport(
      subject: subject, isThere: isThere, holder: holder, person: person)
    mailbox.post(.webhook(report), to: 0, on: worker)
  }
}
