import Testing

@testable import Configuration

@Suite struct YAMLReaderTests {
  private func failure(_ text: String) -> ValueProblem? {
    do {
      _ = try YAMLReader.read(Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  private func read(_ text: String) throws -> YAMLNode? { try YAMLReader.read(Array(text.utf8)) }

  @Test func `values know their lines`() throws {
    let root = try #require(try read("# a comment\na:\n  b: [1, '2']\n\nc: 名字\n"))
    guard case .map(let members) = root.content else {
      Issue.record("not a section")
      return
    }
    #expect(members.map(\.key) == ["a", "c"])
    #expect(members.map(\.line) == [2, 5])
    #expect(members[1].value.content == .scalar("名字", isPlain: true))
    guard case .map(let inner) = members[0].value.content,
      case .list(let list) = inner[0].value.content
    else {
      Issue.record("not a list")
      return
    }
    #expect(list.map(\.line) == [3, 3])
    #expect(list[1].content == .scalar("2", isPlain: false))
  }

  @Test(arguments: ["", "\n\n", "# only a comment\n"])
  func `nothing is no document`(text: String) throws {
    #expect(try read(text) == nil)
  }

  @Test func `anchors, aliases and second documents are refused`() {
    #expect(failure("a: &x 1\nb: 2\n")?.line == 1)
    #expect(failure("a: 1\nb: *x\n")?.line == 2)
    #expect(failure("a: 1\n---\nb: 2\n") != nil)
    #expect(failure("a: 1\nb: 2\na: 3\n")?.message == "a is in line 1 already")
    #expect(failure("? [a]\n: 1\n") != nil)
  }

  @Test func `what is no YAML names its line`() {
    #expect(failure("a: 1\nb: [1, 2\n")?.line == 3)
    #expect(failure("a: 1\n\tb: 2\n")?.line == 2)
    #expect(failure("a: \u{1}\n") != nil)
  }

  @Test func `depth and size are limited before memory is taken`() {
    #expect(failure(String(repeating: "[", count: 100_000)) != nil)
    let long = "a: [" + String(repeating: "1,", count: 30_000) + "]"
    #expect(failure(long) != nil)
    #expect(failure("a: " + String(repeating: "x", count: 1 << 20)) != nil)
  }

  @Test func `cut off at any byte it neither crashes nor hangs`() {
    let text = Array("a:\n  b: [1, {c: \"d\\x41\"}]\n  e: |\n    text\n# f\ng: 'h'\n".utf8)
    for end in 0..<text.count {
      do { _ = try YAMLReader.read(Array(text[..<end])) } catch { #expect((error.line ?? 0) > 0) }
    }
    #expect(throws: ValueProblem.self) { try YAMLReader.read([0x61, 0x3A, 0x20, 0xFF]) }
  }
}
