package import Bytes
internal import JSON
internal import PluginKit

// `presence`: the members of a topic, and the changes of them.
extension ServerFrame {
  /// A diff, as it is pushed.
  package static func presence(topic: TopicName, _ diff: PresenceDiff, into out: inout ByteBuffer) {
    open("presence", topic: topic, &out)
    rev(diff.rev, &out)
    out.append(",\"data\":{" as StaticString)
    if !diff.countsOnly {
      list("join", diff.join, &out, join)
      list("update", diff.update, &out, update)
      list("leave", diff.leave, &out, leave)
    }
    total(diff.total, countsOnly: diff.countsOnly, &out)
    out.append("}}" as StaticString)
  }

  /// A page of members, on request.
  package static func presence(
    re id: RequestID?, topic: TopicName, _ page: PresencePage, into out: inout ByteBuffer
  ) {
    open("presence", re: id, topic: topic, &out)
    rev(page.rev, &out)
    out.append(",\"data\":{" as StaticString)
    content(of: page, &out)
    out.append("}}" as StaticString)
  }

  package static func content(of page: PresencePage, _ out: inout ByteBuffer) {
    total(page.total, countsOnly: page.members == nil, &out)
    guard let members = page.members else { return }
    out.append(UInt8(ascii: ","))
    list("members", members, &out, member)
    out.truncate(to: out.count - 1)
    guard let next = page.next else { return }
    out.append(",\"next\":" as StaticString)
    out.append(decimal: Int(clamping: next))
  }

  private static func rev(_ rev: UInt64, _ out: inout ByteBuffer) {
    out.append(",\"rev\":" as StaticString)
    out.append(decimal: Int(clamping: rev))
  }

  private static func total(_ total: Int, countsOnly: Bool, _ out: inout ByteBuffer) {
    out.append("\"total\":" as StaticString)
    out.append(decimal: total)
    if countsOnly { out.append(",\"counts_only\":true" as StaticString) }
  }

  /// Writes a list with its name, and a comma behind it.
  private static func list<Item>(
    _ name: StaticString, _ items: [Item], _ out: inout ByteBuffer,
    _ write: (Item, inout ByteBuffer) -> Void
  ) {
    out.append(UInt8(ascii: "\""))
    out.append(name)
    out.append("\":[" as StaticString)
    for (index, item) in items.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      write(item, &out)
      out.append(UInt8(ascii: "}"))
    }
    out.append("]," as StaticString)
  }

  private static func join(_ join: PresenceDiff.Join, _ out: inout ByteBuffer) {
    person(join.who, &out)
    state(join.state, &out)
  }

  private static func update(_ update: PresenceDiff.Update, _ out: inout ByteBuffer) {
    out.append("{\"id\":" as StaticString)
    out.append(json: update.id)
    state(update.state, &out)
  }

  private static func leave(_ leave: PresenceDiff.Leave, _ out: inout ByteBuffer) {
    out.append("{\"id\":" as StaticString)
    out.append(json: leave.id)
    out.append(",\"reason\":\"" as StaticString)
    out.append(leave.reason.rawValue)
    out.append(UInt8(ascii: "\""))
  }

  private static func member(_ member: PresenceMember, _ out: inout ByteBuffer) {
    person(member.who, &out)
    state(member.state, &out)
    out.append(",\"conns\":" as StaticString)
    out.append(decimal: member.connections)
    out.append(",\"since\":" as StaticString)
    out.append(decimal: Int(member.since))
  }

  private static func person(_ who: Identity, _ out: inout ByteBuffer) {
    out.append("{\"id\":" as StaticString)
    out.append(json: who.id)
    out.append(",\"name\":" as StaticString)
    out.append(json: who.name)
    out.append(",\"avatar\":" as StaticString)
    out.append(json: who.avatar)
  }

  private static func state(_ state: PresenceState, _ out: inout ByteBuffer) {
    switch state {
    case .online: out.append(",\"state\":\"online\"" as StaticString)
    case .unstable(let until):
      out.append(",\"state\":\"unstable\",\"until\":" as StaticString)
      out.append(decimal: Int(until))
    }
  }
}

extension FrameDescription {
  static let presence = FrameDescription(
    "presence", by: .server, "Members of a topic as an answer, or changes as they come.",
    [
      .re, .topic, .init("rev", .integer),
      .data([
        .init("members", .array(of: .map(of: .anything)), optional: true),
        .init("next", .integer, optional: true, "Where the next page begins."),
        .init("join", .array(of: .map(of: .anything)), optional: true),
        .init("update", .array(of: .map(of: .anything)), optional: true),
        .init("leave", .array(of: .map(of: .anything)), optional: true),
        .init("total", .integer),
        .init("counts_only", .boolean, optional: true),
      ]),
    ])
}
