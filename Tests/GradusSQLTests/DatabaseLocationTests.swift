import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@Suite struct DatabaseLocationTests {
  @Test(arguments: [
    ("postgres://a:b@c/d", DatabaseLocation.postgres("postgres://a:b@c/d")),
    ("postgresql:///d?host=/tmp", .postgres("postgresql:///d?host=/tmp")),
    ("  host=c dbname=d\n", .postgres("host=c dbname=d")),
    ("service = shop", .postgres("service = shop")),
    ("host=c password=p://q", .postgres("host=c password=p://q")),
    ("sqlite:a/b.db", .sqlite(path: "a/b.db")),
    ("sqlite://a/b.db", .sqlite(path: "a/b.db")),
    ("sqlite:///a/b.db", .sqlite(path: "/a/b.db")),
    ("file:/a/b.db", .sqlite(path: "/a/b.db")),
    ("sqlite:file:b.db", .sqlite(path: "b.db")),
    ("sqlite://file:/a/b.db", .sqlite(path: "/a/b.db")),
    ("/a/b.db", .sqlite(path: "/a/b.db")),
    ("./a b=c.db", .sqlite(path: "./a b=c.db")),
    (":memory:", .sqlite(path: ":memory:")),
  ])
  func parses(_ text: String, _ location: DatabaseLocation) throws {
    let parsed = try DatabaseLocation(parsing: text)
    #expect(parsed == location)
    #expect(parsed.engine == location.engine)
  }

  @Test(arguments: [
    "", "  ", "sqlite:", "sqlite://", "mysql://root:hunter2@db/shop",
    "\"postgres://bob:hunter2@h/db\"", "'host=h password=hunter2'", "jdbc:postgresql://bob:hunter2@h/db",
    "postgres:/bob:hunter2@h/db", "bob:hunter2@h/db", "//bob:hunter2@h/db", "bob:hunter2/3@h/db",
    "Host=h;Username=bob;Password=hunter2", "Server=h;User Id=bob;Pwd=hunter2", "PASSWORD=hunter2 HOST=h",
    "pgsql:host=h;password=hunter2", "sqlite:no-such-file.db?mode=ro",
  ])
  func refuses(_ text: String) {
    let error = #expect(throws: SQLError.self) { try DatabaseLocation(parsing: text) }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.description.contains("hunter2") == false)
  }

  @Test func aFileMayHaveAQuestionMarkInItsName() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      let odd = path + "?mode=ro"
      try Data().write(to: URL(filePath: odd))
      #expect(try DatabaseLocation(parsing: "sqlite:" + odd) == .sqlite(path: odd))
    }
  }
}
