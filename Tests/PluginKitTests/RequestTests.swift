import JSON
import PluginKit
import Testing

@Suite struct RequestTests {
  @Test func `a body may be as long as its operation takes`() throws {
    let text = String(repeating: "x", count: 3 << 20)
    let body = Array("{\"csv\":\"\(text)\",\"kind\":\"courses\"}".utf8)
    let request = Request(.post, "/import", body: .bytes(body))
    #expect(try request.json()["csv"]?.string?.utf8.count == 3 << 20)
    #expect(request.input("kind") == "courses")
  }
}
