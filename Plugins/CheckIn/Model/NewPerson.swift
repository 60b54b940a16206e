/// A person to be added.
struct NewPerson: Sendable {
  var name: String
  var number: String
  var week = Hours(hundredths: 0)
  var total = Hours(hundredths: 0)
  var isPresent = false
  var mailbox: String?
  var avatar: String?
}
