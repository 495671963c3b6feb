import GradusJSON
import GradusSQL
import GradusTestSupport
import Testing

@testable import HomeserverSchema

@Suite struct UserIDTextTests {
  @Test(arguments: [
    ("@a:example.org", "a", "example.org"), ("@a:b:example.org", "a", "b:example.org"),
    ("@a:remote:8448", "a", "remote:8448"), ("@a", "a", ""), ("@:x", "", "x"),
    ("@a\0:b\0c", "a\0", "b\0c"),
  ])
  func aDomainBeginsAtTheFirstColon(_ id: String, _ localpart: String, _ domain: String) {
    let parts = UserIDText.split(id)
    #expect(parts.localpart == localpart && parts.domain == domain)
    #expect(UserIDText.domain(of: id) == (domain.isEmpty ? nil : JSONText(domain)))
    #expect(HomeserverWriter(.v88, serverName: "example.org").isLocal(id) == (domain == "example.org"))
  }

  @Test(arguments: TestDatabase.availableEngines)
  func domainsInSQL(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        func suffix(_ id: String) throws -> String? {
          let id = engine == .postgres ? id.replacing("\0", with: "") : id
          return try connection.queryRow(
            "SELECT \(UserIDText.suffix(of: "t.id", on: engine)) FROM (SELECT CAST($1 AS TEXT) AS id) AS t",
            [.text(id)])?[0].text
        }
        let ids = ["@a:b", "@a\0:b", "@:b", "@é\u{301}🦀:b", "@a:b:8448", "@a"]
        let suffixes = try ids.map { try suffix($0) }
        #expect(suffixes == [":b", ":b", ":b", ":b", ":b:8448", "@a"])
      }
    }
  }
}
