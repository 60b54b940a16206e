internal import JSON
internal import PluginKit

/// The people present, by id, each encoded already.
struct PresentList: MaintainedValue, Sendable {
  /// A person as the documented call has it, and as the topic has it.
  private typealias Encoded = (documented: [UInt8], live: [UInt8])

  private var people: [(id: Int, encoded: Encoded)]
  private var documented: [UInt8]?
  private var live: [UInt8]?

  /// `people` are in the order of their ids.
  init(_ people: [Person]) { self.people = people.map { ($0.id, Self.encoded($0)) } }

  private static func encoded(_ person: Person) -> Encoded { (person.encoded, person.live) }

  mutating func apply(_ person: Person) -> Bool {
    documented = nil
    live = nil
    let place = place(of: person.id)
    let isListed = place < people.count && people[place].id == person.id
    switch (isListed, person.isPresent) {
    case (true, true): people[place].encoded = Self.encoded(person)
    case (true, false): people.remove(at: place)
    case (false, true): people.insert((person.id, Self.encoded(person)), at: place)
    case (false, false): break
    }
    return true
  }

  mutating func answer(isLive: Bool = false) -> [UInt8] {
    if let known = isLive ? live : documented { return known }
    let answer = Envelope.good(nil, .raw(list(isLive ? \.live : \.documented))).bytes
    if isLive { live = answer } else { documented = answer }
    return answer
  }

  private func list(_ form: KeyPath<Encoded, [UInt8]>) -> [UInt8] {
    var list: [UInt8] = []
    list.reserveCapacity(people.reduce(2) { $0 + $1.encoded[keyPath: form].count + 1 })
    list.append(UInt8(ascii: "["))
    for (index, person) in people.enumerated() {
      if index > 0 { list.append(UInt8(ascii: ",")) }
      list += person.encoded[keyPath: form]
    }
    list.append(UInt8(ascii: "]"))
    return list
  }

  /// The index of a person in the list, or the one to insert it at.
  private func place(of id: Int) -> Int {
    var low = 0
    var high = people.count
    while low < high {
      let middle = (low + high) / 2
      if people[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
