/// One of the accounts of the example data.
struct Account: Sendable {
  let login: String
  let password: String

  static let all = [
    Account(login: "admin", password: "123456"), Account(login: "tao", password: "tao123456"),
    Account(login: "lin", password: "lin123456"), Account(login: "chenwei", password: "chen123456"),
    Account(login: "lina", password: "lina123456"),
  ]
}
