import Configuration
import Testing

@testable import MusterServer

@Suite struct DatabaseAddressTests {
  private func address(_ database: String, password: String = "") throws -> DatabaseAddress {
    var sources = Sources()
    sources.flags = [
      .init("--database", path: "database", value: database),
      .init("--set", path: "database_password", value: password),
      .init("--data", path: "data", value: "/data"),
    ]
    return try DatabaseAddress(ServerConfiguration.load(KeyTable(Keys.all), from: sources))
  }

  @Test func `the address says which database it is`() throws {
    #expect(try address("") == .sqlite(path: "/data/muster.db"))
    #expect(try address("sqlite:/x/y.db") == .sqlite(path: "/x/y.db"))
    #expect(try address("postgres://h/d") == .postgres(url: "postgres://h/d"))
    #expect(throws: ConfigurationError.self) { try address("mysql://h/d") }
  }

  @Test func `a password from elsewhere is added in a form that cannot be misread`() throws {
    #expect(
      try address("postgres://h/d", password: "a&b c")
        == .postgres(url: "postgres://h/d?password=a%26b%20c"))
    #expect(
      try address("postgres://h/d?sslmode=require", password: "x")
        == .postgres(url: "postgres://h/d?sslmode=require&password=x"))
  }
}
