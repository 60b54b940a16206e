import Bytes
import Testing

@testable import HTTP

@Suite struct `A route trie` {
  private static func trie(_ routes: (HTTP.Method, String)...) throws -> RouteTrie<String> {
    var trie = RouteTrie<String>()
    for (method, pattern) in routes { try trie.add(method, pattern, pattern) }
    return trie
  }

  /// The pattern that was found with its parameters, or what else came out.
  private func ask(_ trie: RouteTrie<String>, _ method: HTTP.Method, _ path: String) -> String {
    switch trie.match(method, path.utf8.span) {
    case .found(let match):
      let parameters = trie.parameters(of: match, in: path.utf8.span)
      return ([trie.routes[match.route].value] + parameters.map { "\($0.name)=\($0.value)" })
        .joined(separator: " ")
    case .options(let methods): return "options \(methods)"
    case .methodNotAllowed(let methods): return "allow \(methods)"
    case .notFound: return "none"
    }
  }

  @Test func `prefers a literal to a parameter and a parameter to the rest`() throws {
    let trie = try Self.trie(
      (.get, "/"), (.get, "/rooms/:id"), (.get, "/rooms/mine"), (.get, "/rooms/*rest"),
      (.get, "/rooms/:id/files/:name"))
    #expect(ask(trie, .get, "/") == "/")
    #expect(ask(trie, .get, "/rooms/mine") == "/rooms/mine")
    #expect(ask(trie, .get, "/rooms/7") == "/rooms/:id id=7")
    #expect(ask(trie, .get, "/rooms/7/files/a.png") == "/rooms/:id/files/:name id=7 name=a.png")
    #expect(ask(trie, .get, "/rooms/7/other/x") == "/rooms/*rest rest=7/other/x")
    #expect(ask(trie, .get, "/rooms") == "/rooms/*rest rest=")
    #expect(ask(trie, .get, "/halls") == "none")
  }

  @Test func `goes back when the literal leads nowhere`() throws {
    let trie = try Self.trie((.get, "/a/b/c"), (.get, "/a/:x/d"), (.get, "/a/*rest"))
    #expect(ask(trie, .get, "/a/b/d") == "/a/:x/d x=b")
    #expect(ask(trie, .get, "/a/b/e") == "/a/*rest rest=b/e")
  }

  @Test func `a literal decides the methods of its path, beside a parameter`() throws {
    let trie = try Self.trie(
      (.post, "/rooms/mine"), (.get, "/rooms/:id"), (.get, "/files/*rest"), (.post, "/files/new"),
      (.post, "/open/*rest"), (.get, "/:place/door"))
    #expect(ask(trie, .get, "/rooms/mine") == "allow POST, OPTIONS")
    #expect(ask(trie, .options, "/rooms/mine") == "options POST, OPTIONS")
    #expect(ask(trie, .get, "/rooms/7") == "/rooms/:id id=7")
    #expect(ask(trie, .get, "/files/new") == "/files/*rest rest=new")
    #expect(ask(trie, .get, "/open/door") == "/:place/door place=open")
  }

  @Test func `does not care about a slash at the end`() throws {
    let trie = try Self.trie((.get, "/with/"), (.get, "/without"), (.get, "/p/:id"))
    #expect(ask(trie, .get, "/with") == "/with/")
    #expect(ask(trie, .get, "/with/") == "/with/")
    #expect(ask(trie, .get, "/without/") == "/without")
    #expect(ask(trie, .get, "/p/7/") == "/p/:id id=7")
  }

  @Test func `knows what a path allows`() throws {
    let trie = try Self.trie((.get, "/r"), (.post, "/r"), (.delete, "/:x"), (.post, "/p"))
    #expect(ask(trie, .head, "/r") == "/r")
    #expect(ask(trie, .put, "/r") == "allow GET, HEAD, POST, OPTIONS")
    #expect(ask(trie, .options, "/r") == "options GET, HEAD, POST, OPTIONS")
    #expect(ask(trie, .delete, "/s") == "/:x x=s")
    #expect(ask(trie, .options, "*") == "options GET, HEAD, POST, DELETE, OPTIONS")
  }

  @Test func `refuses two routes of the same shape and names both`() throws {
    var trie = try Self.trie((.get, "/rooms/:id"))
    try trie.add(.post, "/rooms/:room", "")
    #expect(
      throws: RouteError(.conflict, pattern: "GET /rooms/:room/", other: "GET /rooms/:id")
    ) {
      try trie.add(.get, "/rooms/:room/", "")
    }
  }

  @Test(arguments: ["", "rooms", "/a//b", "/*rest/more", "/:", "/*", "/a/../b"])
  func `refuses a malformed pattern`(pattern: String) {
    var trie = RouteTrie<Int>()
    #expect(throws: RouteError(.malformed, pattern: pattern)) { try trie.add(.get, pattern, 0) }
  }

  @Test func `refuses too many parameters and a name used twice`() {
    var trie = RouteTrie<Int>()
    let most = "/:a/:b/:c/:d/:e/:f/:g/:h"
    #expect(throws: Never.self) { try trie.add(.get, most, 0) }
    #expect(throws: RouteError(.tooManyParameters, pattern: most + "/:i")) {
      try trie.add(.get, most + "/:i", 0)
    }
    #expect(throws: RouteError(.repeatedName, pattern: "/:a/x/:a")) {
      try trie.add(.get, "/:a/x/:a", 0)
    }
  }
}
