import Testing

@testable import HomeserverSchema

@Suite struct UserIDTextTests {
  @Test(arguments: [
    ("@a:example.org", "a", "example.org"), ("@a:b:example.org", "a", "b:example.org"),
    ("@a:remote:8448", "a", "remote:8448"), ("@a", "a", ""), ("@:x", "", "x"),
  ])
  func aDomainBeginsAtTheFirstColon(_ id: String, _ localpart: String, _ domain: String) {
    let parts = UserIDText.split(id)
    #expect(parts.localpart == localpart && parts.domain == domain)
    #expect(UserIDText.domain(of: id) == (domain.isEmpty ? nil : JSONText(domain)))
    #expect(HomeserverWriter(.v88, serverName: "example.org").isLocal(id) == (domain == "example.org"))
  }
}
