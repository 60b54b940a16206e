internal import JSON
internal import PluginKit
internal import TimeZones

/// The documented search for free rooms.
struct RoomSearch: Sendable {
  /// Limits the work and the answer of one search.
  static let longestWindow = 7 * 24 * 60 * Moment.minute
  static let mostWindows = 20_000

  let window: Range<Moment>
  /// In microseconds.
  let length: Int64
  private let seats: Int
  private let label: String
  private let location: String
  /// The offset of `time_from`, which the answer repeats.
  private let offsetSeconds: Int

  /// Throws the documented refusals.
  init(_ query: Fields, _ rules: BookingRules, now: Moment) throws(Refusal) {
    guard let (from, offset) = RoomSearch.moment(query["time_from"]),
      let (to, _) = RoomSearch.moment(query["time_to"]),
      let seats = RoomSearch.number(query["people_count"], default: 0),
      let wanted = RoomSearch.number(query["length"], default: 0)
    else { throw .detail(ReservationRefusal.malformed) }
    let (first, last) = (rules.floored(from), rules.floored(to))
    guard first > now else { throw .detail(ReservationRefusal.searchBegun) }
    let shortest = Int64(rules.shortestMinutes) * Moment.minute
    guard last.microseconds - first.microseconds >= shortest else {
      throw .detail(rules.windowRefusal)
    }
    let grid = rules.gridMinutes
    let length =
      query["length"] == nil
      ? last.microseconds - first.microseconds
      : Int64(max(wanted, 0) / grid * grid) * Moment.minute
    guard length >= shortest, length <= Int64(rules.mostMinutes) * Moment.minute else {
      throw .detail(rules.lengthRefusal)
    }
    guard last.microseconds - first.microseconds <= RoomSearch.longestWindow else {
      throw .detail(ReservationRefusal.malformed)
    }
    window = first..<last
    self.length = length
    self.seats = seats
    label = (query["label"] ?? "").lowercased()
    location = (query["location"] ?? "").lowercased()
    offsetSeconds = offset
  }

  /// A moment with its offset; nil without one.
  private static func moment(_ text: String?) -> (Moment, Int)? {
    guard let text, let moment = Moment(text) else { return nil }
    if text.hasSuffix("Z") || text.hasSuffix("z") { return (moment, 0) }
    // The sign of the offset stands behind the time; those of the date stand before it.
    guard let time = text.lastIndex(where: { $0 == "T" || $0 == " " }),
      let sign = text[time...].lastIndex(where: { $0 == "+" || $0 == "-" })
    else { return nil }
    let digits = text[sign...].dropFirst().filter { $0 != ":" }
    guard digits.utf8.count == 4 || digits.utf8.count == 2, let number = Int(digits) else {
      return nil
    }
    let minutes = digits.utf8.count == 2 ? number * 60 : number / 100 * 60 + number % 100
    return (moment, (text[sign] == "-" ? -60 : 60) * minutes)
  }

  /// A whole number of at most nine digits.
  private static func number(_ text: String?, default absent: Int) -> Int? {
    guard let text = text?.trimmed, !text.isEmpty else { return absent }
    guard text.utf8.count <= 9 else { return nil }
    return Int(text)
  }

  func matches(_ room: MeetingRoom) -> Bool {
    room.seats >= seats && RoomSearch.contains(room.label, label)
      && RoomSearch.contains(room.location, location)
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    part.isEmpty || text.lowercased().contains(part)
  }

  /// The documented answer: rooms grouped by location.
  /// - Parameter busy: the spans of each room, sorted by their beginning.
  func answer(_ rooms: [MeetingRoom], _ busy: [Int64: [Range<Moment>]]) -> JSONValue {
    var groups: [(location: String, seats: Int, rooms: [JSONValue])] = []
    var places: [String: Int] = [:]
    var left = RoomSearch.mostWindows
    for room in rooms.filter(matches).sorted(by: MeetingRoom.comesBefore) {
      let choices = Availability.windows(
        of: length, in: window, beside: busy[room.id] ?? [], most: left)
      guard !choices.isEmpty else { continue }
      left -= choices.count
      let place = places[room.location] ?? groups.count
      if place == groups.count {
        places[room.location] = place
        groups.append((room.location, room.seats, []))
      }
      groups[place].rooms.append(json(room, choices))
    }
    groups.sort { ($0.seats, $0.location) < ($1.seats, $1.location) }
    return .array(
      groups.map { ["location": .string($0.location), "meetingrooms": .array($0.rooms)] })
  }

  private func json(_ room: MeetingRoom, _ choices: [Range<Moment>]) -> JSONValue {
    let times = choices.map { choice -> JSONValue in
      [
        .string(choice.lowerBound.text(offsetSeconds: offsetSeconds)),
        .string(choice.upperBound.text(offsetSeconds: offsetSeconds)),
      ]
    }
    return ["id": .int(room.id), "info": .object(room.facts), "choices": .array(times)]
  }
}

extension Moment {
  /// In whole seconds, with another offset than that of Asia/Shanghai; `+00:00` is `Z`.
  func text(offsetSeconds: Int) -> String {
    let local = LocalTime(microseconds / 1000, offsetSeconds: offsetSeconds)
    let minutes = abs(offsetSeconds) / 60
    let sign = offsetSeconds < 0 ? "-" : "+"
    let zone =
      offsetSeconds == 0
      ? "Z" : "\(sign)\(Moment.two(minutes / 60)):\(Moment.two(minutes % 60))"
    return "\(local.date)T\(local.time)\(zone)"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
