internal import JSON
internal import PluginKit

/// A user in a chat room, as the others see it.
struct ChatUser: Sendable, Hashable {
  var name: String
  var avatar = ""

  var json: JSONObject { ["user_name": .string(name), "user_avatar": .string(avatar)] }
}

/// The account or address that asks for a seat.
struct SeatRequest: Sendable, Hashable {
  var account: Int64?
  var peer: Peer
}

/// The account or addresses that may use a seat. An account owns its name; a seat without one
/// belongs to the addresses it was taken from. An unknown address owns no seat.
struct SeatOwners: Sendable, Hashable {
  /// An account that moves about keeps its newest addresses.
  private static let maxAddresses = 16

  private(set) var account: Int64?
  private(set) var addresses: [String] = []

  init(account: Int64? = nil, addresses: [String] = []) {
    self.account = account
    self.addresses = addresses
  }

  func admits(_ request: SeatRequest) -> Bool {
    guard let wanted = request.account else {
      return !request.peer.isUnknown && addresses.contains(request.peer.address)
    }
    return account == nil || account == wanted
  }

  mutating func add(_ request: SeatRequest) {
    account = account ?? request.account
    let address = request.peer.address
    guard !request.peer.isUnknown, !addresses.contains(address) else { return }
    if addresses.count >= SeatOwners.maxAddresses { addresses.removeFirst() }
    addresses.append(address)
  }
}

/// One place in a room, of one user name.
struct Seat: Sendable, Equatable {
  var user: ChatUser
  var owners = SeatOwners()
  /// A guest, an account, or both, by the hub's names for them.
  var occupants: [String: Occupant] = [:]
  /// The end of the booking, unless an occupant enters before.
  var bookedUntil: Int64?
  /// Whether the seat was booked over HTTP.
  var isBooking = false

  var isEntered: Bool { occupants.values.contains(where: \.isEntered) }
}

/// A user of the hub in a seat.
struct Occupant: Sendable, Equatable {
  var isEntered = false
  /// The connections of a guest; empty for an account, which the hub's presence ends.
  var connections: Set<String> = []
}

/// A chat room.
struct Room: Sendable, Equatable {
  let isPermanent: Bool
  /// The end of a room in which no seat was ever taken; nil afterwards.
  var emptyUntil: Int64?
  var seats: [Seat] = []
  /// Whether an occupant has entered: the first one creates the room, all others join it.
  var wasEntered = false
  /// The row of the room; nil for a room that is not stored yet.
  var row: Int?

  func seat(of user: String) -> Seat? { seats.first { $0.user.name == user } }

  func seat(ofOccupant occupant: String) -> Seat? { seats.first { $0.occupants[occupant] != nil } }

  /// The next moment at which a booking or the whole room may end.
  var nextEnd: Int64? {
    let bookings = seats.filter { !$0.isEntered }.compactMap(\.bookedUntil)
    guard seats.isEmpty, let emptyUntil else { return bookings.min() }
    return emptyUntil
  }
}

/// A change of the rooms that is to be announced.
enum RoomChange: Sendable, Hashable {
  enum Move: String, Sendable { case create, join, leave }

  case opened(String)
  case population(String, Int, isFull: Bool)
  case released(String)
  /// A user has entered the room or is about to leave.
  case moved(String, ChatUser, Move)
  /// The hub has to remove an occupant from the topic.
  case evicted(String, occupant: String)
}
