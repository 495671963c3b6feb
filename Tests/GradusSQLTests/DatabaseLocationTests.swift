import GradusSQL
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
    "postgres:/bob:hunter2@h/db", "bob:hunter2@h/db",
  ])
  func refuses(_ text: String) {
    let error = #expect(throws: SQLError.self) { try DatabaseLocation(parsing: text) }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.description.contains("hunter2") == false)
  }
}
