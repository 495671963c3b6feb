import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// Rows that a foreign key of the target would refuse are told before anything is changed.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct ParentTests {
  @Test func rowsWithoutParents() async throws {
    try await PortPlace.with(
      sqlite:
        "CREATE TABLE parents (id INTEGER PRIMARY KEY); CREATE TABLE children (p BIGINT REFERENCES parents (id));",
      postgres:
        "CREATE TABLE parents (id BIGINT PRIMARY KEY); CREATE TABLE children (p BIGINT REFERENCES parents (id));"
    ) { place in
      try await place.write("PRAGMA foreign_keys = OFF", "INSERT INTO children VALUES (5), (NULL)")
      #expect(
        try await place.refusal() == [
          "1 rows of children refer to rows of parents that are not there, such as that with row id 1"
        ])
    }
  }

  /// The server checks only what comes later.
  @Test func aKeyThatIsNotValidated() async throws {
    let tables = """
      CREATE TABLE parents (id BIGINT PRIMARY KEY);
      CREATE TABLE children (p BIGINT
      """
    try await PortPlace.with(
      sqlite: tables + " REFERENCES parents (id));",
      postgres: tables + "); ALTER TABLE children ADD FOREIGN KEY (p) REFERENCES parents (id) NOT VALID;"
    ) { place in
      try await place.write("PRAGMA foreign_keys = OFF", "INSERT INTO children VALUES (5)")
      #expect(try await place.port().status == .complete)
      #expect(
        try await place.rows("SELECT convalidated FROM pg_constraint WHERE contype = 'f'") == [[false]])
    }
  }

  /// PostgreSQL writes the first name with quotes, SQLite knows the second as the child writes it.
  static let lines = (
    sqlite: """
    CREATE TABLE "order" (id INTEGER PRIMARY KEY);
    CREATE TABLE items (id INTEGER PRIMARY KEY);
    CREATE TABLE lines (o BIGINT REFERENCES "order" (id), i BIGINT REFERENCES Items (id));
    """,
    postgres: """
    CREATE TABLE "order" (id BIGINT PRIMARY KEY);
    CREATE TABLE items (id BIGINT PRIMARY KEY);
    CREATE TABLE lines (o BIGINT REFERENCES "order" (id), i BIGINT REFERENCES items (id));
    """
  )

  @Test func namesThatAreWrittenOtherwise() async throws {
    try await PortPlace.with(sqlite: Self.lines.sqlite, postgres: Self.lines.postgres) { place in
      try await place.write("PRAGMA foreign_keys = OFF", "INSERT INTO lines VALUES (5, NULL), (NULL, 6)")
      #expect(
        try await place.refusal() == [
          "1 rows of lines refer to rows of Items that are not there, such as that with row id 2",
          "1 rows of lines refer to rows of order that are not there, such as that with row id 1",
        ])
      #expect(try await place.rows("SELECT to_regclass('lines') IS NULL") == [[true]])
    }
  }

  @Test func aParentThatIsLeftOut() async throws {
    try await PortPlace.with(sqlite: Self.lines.sqlite, postgres: Self.lines.postgres) { place in
      try await place.write(
        "INSERT INTO \"order\" VALUES (5)", "INSERT INTO items VALUES (6)",
        "INSERT INTO lines VALUES (5, NULL), (5, 6)")
      #expect(
        try await place.refusal(PortOptions(leaveOut: ["items"])) == [
          "rows of lines refer to rows of items, which is left out: copy it too, or leave out lines"
        ])
      #expect(try await place.rows("SELECT to_regclass('lines') IS NULL") == [[true]])
      // Without rows that refer to it nothing stands against it.
      try await place.write("UPDATE lines SET i = NULL")
      #expect(try await place.port(PortOptions(leaveOut: ["items"])).status == .complete)
    }
  }

  @Test func theColumnThatRefersIsLeftOutToo() async throws {
    try await PortPlace.with(sqlite: Self.lines.sqlite, postgres: Self.lines.postgres) { place in
      try await place.write("INSERT INTO items VALUES (6)", "INSERT INTO lines VALUES (NULL, 6)")
      let result = try await place.port(PortOptions(leaveOut: ["items", "lines.i"]))
      #expect(result.status == .complete)
      #expect(try await place.rows("SELECT o, i FROM lines") == [[.null, .null]])
    }
  }

  /// The rows of the source are in order, and the option is to blame.
  @Test func aParentWhoseRowIsLeftOut() async throws {
    try await PortPlace.with(
      sqlite:
        "CREATE TABLE parents (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE children (p BIGINT REFERENCES parents (id));",
      postgres:
        "CREATE TABLE parents (id BIGINT PRIMARY KEY, name TEXT); CREATE TABLE children (p BIGINT REFERENCES parents (id));"
    ) { place in
      try await place.write("INSERT INTO parents VALUES (5, char(0))", "INSERT INTO children VALUES (5)")
      let error = await #expect(throws: SQLError.self) {
        try await place.port(PortOptions(unfitText: .leaveOutRow))
      }
      #expect(error?.code == .foreignKeyViolation)
      #expect(error?.hint?.contains("--on-nul leave-out-row") == true)
    }
  }

  @Test func aParentThatIsBuiltAnew() async throws {
    try await PortPlace.with(
      sqlite: Self.lines.sqlite, postgres: Self.lines.postgres,
      port: "port:\n  rebuild: [{tables: items}]\n"
    ) { place in
      try await place.write("INSERT INTO items VALUES (6)", "INSERT INTO lines VALUES (NULL, 6)")
      let reasons = try await place.refusal()
      #expect(reasons.count == 1)
      #expect(
        reasons.first?.hasPrefix("rows of lines refer to rows of items, which is built anew after the port")
          == true)
    }
  }
}
