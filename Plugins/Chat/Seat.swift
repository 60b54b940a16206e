internal import PluginKit

/// Somebody in a chat room, as everybody sees it.
struct ChatUser: Sendable, Hashable {
  var name: String
  var avatar = ""
}

/// Who wants something of a seat: an account, or whoever is at an address.
struct Claim: Sendable, Hashable {
  var account: Int64?
  var peer: Peer
}

/// Who may use a seat. An account has the right to its name; without one, a seat is for those at
/// the addresses it was taken from. An unknown address gives no right to any.
struct Holders: Sendable, Hashable {
  private var account: Int64?
  private var peers: Set<Peer> = []

  func admits(_ claim: Claim) -> Bool {
    guard let wanted = claim.account else {
      return !claim.peer.isUnknown && peers.contains(claim.peer)
    }
    return account == nil || account == wanted
  }

  mutating func add(_ claim: Claim) {
    account = account ?? claim.account
    peers.insert(claim.peer)
  }
}

/// One place in a room, of one user name.
struct Seat: Sendable {
  var user: ChatUser
  var holders = Holders()
  /// Who sits here, by the hub's names: a guest, an account, or both.
  var parties: [String: Party] = [:]
  /// When the seat is free again unless somebody comes in.
  var bookedUntil: Int64?
  /// Asked for over HTTP, not by coming in.
  var isBooking = false

  var isEntered: Bool { parties.values.contains(where: \.isEntered) }
}

/// Somebody whom the hub knows, in a seat.
struct Party: Sendable {
  var isEntered = false
  /// The connections it lives by; empty where the hub's presence says how long it lives.
  var lines: Set<String> = []
}

/// A chat room.
struct Room: Sendable {
  let isPermanent: Bool
  /// When it is released if nobody has taken a seat; nil once somebody has.
  var emptyUntil: Int64?
  var seats: [Seat] = []
  /// Somebody has come in during its life: the next one joins it and does not create it.
  var wasEntered = false

  func seat(of user: String) -> Seat? { seats.first { $0.user.name == user } }

  func seat(ofParty party: String) -> Seat? { seats.first { $0.parties[party] != nil } }
}

/// What everybody is to be told of the rooms.
enum News: Sendable, Hashable {
  enum Move: String, Sendable { case create, join, leave }

  case opened(String)
  case population(String, Int, isFull: Bool)
  case released(String)
  /// Somebody came into the room or is about to be gone.
  case moved(String, ChatUser, Move)
  /// The hub shall forget a party of the room.
  case evicted(String, party: String)
}
