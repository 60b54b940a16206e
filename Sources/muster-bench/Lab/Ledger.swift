/// The load's actions so far, and the state of the lab that follows from them.
struct Ledger {
  struct Student {
    let number: String
    var isPresent: Bool
    /// The newest operation about this student, and the one before it.
    var operations: (last: Int?, before: Int?) = (nil, nil)
    /// Check-outs that were acknowledged, and the hundredths of an hour that they counted.
    var stays = 0
    var hundredths = 0
  }

  struct Operation {
    let student: Int
    let isCheckIn: Bool
    /// Nanoseconds of when it should have been sent, whether it could be or not.
    let dueAt: UInt64
  }

  /// Every other student is of the one grade.
  static let grades = ["20", "21"]
  private static let first = 10_000_000

  private(set) var students: [Student]
  private(set) var operations: [Operation] = []
  private(set) var acknowledged = 0
  private var present = Line()
  private var absent = Line()

  /// Half of the students are in the lab already.
  init(students count: Int) {
    students = (0..<count).map { place in
      Student(number: Ledger.number(place), isPresent: place / 2 % 2 == 0)
    }
    for place in students.indices {
      if students[place].isPresent { present.append(place) } else { absent.append(place) }
    }
  }

  static func number(_ place: Int) -> String { "\(grades[place % 2])\(first + place)" }

  static func place(of number: String) -> Int? {
    guard number.utf8.count == 10, let place = Int(number.dropFirst(2)).map({ $0 - first }),
      place >= 0, number.hasPrefix(grades[place % 2])
    else { return nil }
    return place
  }

  /// The next check-in or check-out, in turns; nil if nobody is free for it.
  mutating func begin(at dueAt: UInt64) -> Int? {
    let isCheckIn = operations.count % 2 == 0
    guard let student = isCheckIn ? absent.take() : present.take() else { return nil }
    let operation = operations.count
    operations.append(Operation(student: student, isCheckIn: isCheckIn, dueAt: dueAt))
    students[student].operations = (operation, students[student].operations.last)
    return operation
  }

  /// The server has said that it is done; `hundredths` is how long the stay was.
  mutating func acknowledge(_ operation: Int, hundredths: Int) {
    let (student, isCheckIn) = (operations[operation].student, operations[operation].isCheckIn)
    acknowledged += 1
    students[student].isPresent = isCheckIn
    if isCheckIn { return present.append(student) }
    students[student].stays += 1
    students[student].hundredths += hundredths
    absent.append(student)
  }

  /// Which operation somebody saw who saw this student come or go.
  func operation(of student: Int, isCheckIn: Bool) -> Int? {
    guard students.indices.contains(student) else { return nil }
    let recent = students[student].operations
    return [recent.last, recent.before].compactMap { $0 }.first {
      operations[$0].isCheckIn == isCheckIn
    }
  }

  var hundredths: Int { students.reduce(0) { $0 + $1.hundredths } }
  var presentCount: Int { students.count { $0.isPresent } }

  /// The longest wait comes first.
  private struct Line {
    private var places: [Int] = []
    private var start = 0

    mutating func append(_ place: Int) { places.append(place) }

    mutating func take() -> Int? {
      guard start < places.count else { return nil }
      let place = places[start]
      start += 1
      if start == 4096 {
        places.removeFirst(start)
        start = 0
      }
      return place
    }
  }
}
