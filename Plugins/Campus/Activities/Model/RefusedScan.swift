internal import JSON

/// A refusal of a scan of a good code, with what a phone can tell its holder to do.
struct RefusedScan: Error {
  let refusal: Refusal
  let item: ClockinItem
  let activityName: String

  /// The documented body and, for clients that asked for them, the item and its times.
  func refusal(isExplained: Bool) -> Refusal {
    guard isExplained, var body = refusal.body.object else { return refusal }
    body["activity"] = .int(item.activity)
    body["activity_name"] = .string(activityName)
    body["label"] = .string(item.label)
    body["from_time"] = .string(item.from.text)
    body["to_time"] = .string(item.to.text)
    return Refusal(status: refusal.status, body: .object(body))
  }
}
