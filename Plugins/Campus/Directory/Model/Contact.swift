internal import JSON
internal import Storage

/// The contact card of a user.
struct ContactCard: Sendable, Hashable {
  static let columns = "department, post, qq, wechat, tel, phone, description"

  var department: String?
  var post: String?
  var qq: String?
  var wechat: String?
  var tel: String?
  var phone: String?
  var description: String?

  init(_ row: Row) throws(StoreError) {
    department = try row.optionalText("department")
    post = try row.optionalText("post")
    qq = try row.optionalText("qq")
    wechat = try row.optionalText("wechat")
    tel = try row.optionalText("tel")
    phone = try row.optionalText("phone")
    description = try row.optionalText("description")
  }

  /// Takes the fields that an input has; all of them are optional.
  mutating func take(_ fields: inout FieldReader) {
    department = fields.optionalText("department", longest: 255).replacing(department)
    post = fields.optionalText("post", longest: 255).replacing(post)
    qq = fields.optionalText("qq", longest: 32).replacing(qq)
    wechat = fields.optionalText("wechat", longest: 255).replacing(wechat)
    tel = fields.optionalText("tel", longest: 32).replacing(tel)
    phone = fields.optionalText("phone", longest: 32).replacing(phone)
    description = fields.optionalText("description", longest: 10_000).replacing(description)
  }
}

/// A contact card as a caller sees it.
struct Contact: Sendable, Hashable {
  let id: Int64
  var user: CampusUser
  var card: ContactCard
  /// The caller has this user as a colleague.
  let isFriend: Bool

  var department: String? { card.department ?? user.department?.name }

  /// The texts in which a search looks.
  var searched: [String?] {
    [
      user.name.full, card.post, card.department, user.department?.name, card.qq, card.tel,
      card.phone,
    ]
  }

  /// The documented object. `letter` is that of the family name.
  func json(_ letter: String) -> JSONValue {
    [
      "user": .int(user.id), "user_meta": user.json, "department": JSONValue(department),
      "post": JSONValue(card.post), "qq": JSONValue(card.qq), "wechat": JSONValue(card.wechat),
      "tel": JSONValue(card.tel), "phone": JSONValue(card.phone),
      "description": JSONValue(card.description), "fullname": .string(user.name.full),
      "alpha": .string(letter), "is_friend": .bool(isFriend), "id": .int(id),
    ]
  }
}
