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

  /// The engines, and the encodings that SQLite's files may have.
  static let places: [(Engine, String?)] = TestDatabase.availableEngines.flatMap { engine in
    let encodings: [String?] = engine == .sqlite ? ["UTF-8", "UTF-16le", "UTF-16be"] : [nil]
    return encodings.map { (engine, $0) }
  }

  /// In UTF-16 the ids from U+3A00 on hold the byte of a colon.
  private static let ids = [
    "@a:b", "@:b", "@é\u{301}🦀:b", "@a:b:8448", "@a", "@a:c:b", ":b", "@\":b", "@\\:b", "@a:\"",
    "@\u{3A00}:b", "@\u{300}\u{3A12}\u{1200}:b",
  ]
  private static let idsWithZero = ["@a\0:b", "@a:b\0c", "@a\0", "@a:\0"]

  @Test(arguments: places)
  func domainsInSQL(_ engine: Engine, _ encoding: String?) async throws {
    let ids = Self.ids + (engine == .sqlite ? Self.idsWithZero : [])
    try await World.with(engine, encoding: encoding) { world in
      if let encoding {
        #expect(try world.connection.queryRow("PRAGMA encoding")?[0].text == encoding)
      }
      for id in ids { try world.user(id) }
      let suffixes = ids.map { id in Array(id.utf8.drop { $0 != UInt8(ascii: ":") }) }
      for domain in suffixes where !domain.isEmpty {
        let rows = try world.connection.query(
          "SELECT name, \(UserIDText.isOfDomain("name", parameter: 1, on: engine)) FROM users",
          [.text(String(decoding: domain, as: UTF8.self))])
        let found = try rows.filter { try $0.boolean(1) }.map { try $0.text(0) }
        let expected = zip(ids, suffixes).filter { $0.1 == domain }.map(\.0)
        #expect(Set(found.map { JSONText($0) }) == Set(expected.map { JSONText($0) }))
      }
    }
  }

  /// With them, who is a local user is told in statistics and in the directory.
  @Test(arguments: places)
  func localUsers(_ engine: Engine, _ encoding: String?) async throws {
    try await World.with(engine, encoding: encoding) { world in
      let directory = DirectoryWorld(world)
      try directory.user(World.bob)
      try directory.room("!r", [World.bob, World.remote, "@\u{3A00}:remote"])
      try directory.regenerate()
      #expect(
        try directory.rows("private") == [
          "'@bob:local' '@rem:remote' '!r'", "'@bob:local' '@\u{3A00}:remote' '!r'",
        ])
      try world.countRooms()
      #expect(try world.counted("local_users_in_room", in: "!r") == 1)
    }
  }
}
