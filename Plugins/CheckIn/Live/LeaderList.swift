internal import PluginKit

/// The three of a grade with the longest week.
struct LeaderList: MaintainedValue, Sendable {
  private(set) var people: [Person]
  private var known: [UInt8]?

  /// `people` are in their order.
  init(_ people: [Person]) { self.people = people }

  mutating func apply(_ person: Person) -> Bool {
    if let place = people.firstIndex(where: { $0.id == person.id }) {
      // A person whose week became shorter may stand behind people that are not listed here.
      guard person.week.hundredths >= people[place].week.hundredths else { return false }
      people.remove(at: place)
    } else if people.count == 3, !person.leads(people[2]) {
      return true
    }
    known = nil
    people.insert(person, at: people.firstIndex { person.leads($0) } ?? people.count)
    people = Array(people.prefix(3))
    return true
  }

  mutating func answer() -> [UInt8] {
    if let known { return known }
    let answer = Envelope.good(nil, people.json).bytes
    known = answer
    return answer
  }
}

extension Person {
  /// Whether this person stands before `other`.
  fileprivate func leads(_ other: Person) -> Bool {
    week == other.week ? id < other.id : week.hundredths > other.week.hundredths
  }
}
