internal import JSON
internal import PluginKit

// Contacts, colleagues and departments.
extension CampusPlugin {
  func registerDirectory(with registrar: inout Registrar) {
    registerLogins(with: &registrar)
    registerCurrentUser(with: &registrar)
    registerBackOffice(with: &registrar)
    call(&registrar, [.get], "/contacts", Documents.contacts, listContacts)
    call(&registrar, [.get], "/contacts/:card", Documents.contact, contact)
    call(&registrar, [.post], "/friends/:user", Documents.addFriend, addFriend)
    call(&registrar, [.delete], "/friends/:user", Documents.removeFriend, removeFriend)
    call(&registrar, [.get], "/departments", Documents.departments) { request in
      _ = try await self.caller(request)
      return .json(.array(try await self.users.departments().map(\.json)))
    }
  }

  private func listContacts(_ request: Request) async throws -> Response {
    let caller = try await caller(request)
    let terms = SearchTerms(request)
    let found = try await contacts.list(selection(request), for: caller.id)
      .filter { terms.match($0.searched) }
    let letters = await familyNames.letters(of: found.map(\.user.name.last))
    let lettered = found.map { ($0, letters[$0.user.name.last] ?? FamilyName.noLetter) }
    // Swift's sort is stable: contacts of one letter stay in the order of their cards.
    return .json(.array(lettered.sorted { $0.1 < $1.1 }.map { $0.json($1) }))
  }

  private func selection(_ request: Request) -> ContactStore.Selection {
    guard request.query["my"] == "yes" else { return .all }
    return services.settings.flag(Keys.listsDepartment) ? .colleaguesAndDepartment : .colleagues
  }

  private func contact(_ request: Request) async throws -> Response {
    let caller = try await caller(request)
    return try await json(contacts.find(try request.id("card"), for: caller.id))
  }

  /// A 404 for no contact.
  func json(_ contact: Contact?) async throws -> Response {
    guard let contact else { throw PluginError.notFound("no such contact") }
    let name = contact.user.name.last
    let letter = await familyNames.letters(of: [name])[name]
    return .json(contact.json(letter ?? FamilyName.noLetter))
  }

  private func addFriend(_ request: Request) async throws -> Response {
    let caller = try await caller(request)
    let friend = try request.id("user")
    guard friend != caller.id else { throw Refusal.detail("不能添加自己。") }
    switch try await contacts.add(friend, to: caller.id) {
    case .added: break
    case .addedBefore: throw Refusal.detail("已存在该好友关系。")
    case .unknownUser: throw PluginError.notFound("no such user")
    }
    await announce(friend, isFriend: true, to: caller)
    return Response(status: 200)
  }

  private func removeFriend(_ request: Request) async throws -> Response {
    let caller = try await caller(request)
    let friend = try request.id("user")
    guard try await contacts.remove(friend, from: caller.id) else {
      throw PluginError.notFound("no colleague")
    }
    await announce(friend, isFriend: false, to: caller)
    return Response(status: 200)
  }

  private func announce(_ friend: Int64, isFriend: Bool, to caller: Caller) async {
    await services.hub.announce(
      Event("friend.changed", ["user": .int(friend), "is_friend": .bool(isFriend)]),
      to: [CampusPlugin.userTopic(caller.id)])
  }
}
