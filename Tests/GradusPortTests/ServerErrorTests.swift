import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// Whose fault an error of the server's is while rows are copied and indexes made.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct ServerErrorTests {
  /// - Parameter state: the SQLSTATE that the server fails with at the second row.
  private static func files(failingWith state: String) -> [String: String] {
    PortPlace.files(
      sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT);",
      postgres: """
        CREATE FUNCTION fits(number BIGINT) RETURNS BOOLEAN LANGUAGE plpgsql AS $$
          BEGIN
            IF number = 2 THEN RAISE EXCEPTION 'no' USING ERRCODE = '\(state)'; END IF;
            RETURN TRUE;
          END $$;
        CREATE TABLE notes (id BIGINT PRIMARY KEY CHECK (fits(id)), note TEXT);
        """)
  }

  @Test(arguments: ["22023", "23514", "54001", "P0001"]) func ofTheRow(state: String) async throws {
    try await PortPlace.with(Self.files(failingWith: state)) { place in
      try await place.write("INSERT INTO notes VALUES (1, 'a'), (2, 'b')")
      #expect(try await place.refusal() == ["notes of the row with row id 2: no"])
    }
  }

  /// A full disk, and a server that shuts down.
  @Test(
    arguments: [("53100", .diskFull), ("57P01", .connectionLost), ("40P01", .deadlock)]
      as [(String, SQLError.Code)])
  func ofTheSurroundings(state: String, code: SQLError.Code) async throws {
    try await PortPlace.with(Self.files(failingWith: state)) { place in
      try await place.write("INSERT INTO notes VALUES (1, 'a'), (2, 'b')")
      let error = await #expect(throws: SQLError.self) { try await place.port() }
      #expect(error?.code == code)
      #expect(error?.description.contains("run again") == true)
      #expect(error?.description.contains("--start-over") == false)
    }
  }

  /// A limit to how long a session is idle, or a transaction goes on, would cut the port off at each rerun.
  @Test func limitsOfTheDatabase() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT);",
      postgres: """
        CREATE FUNCTION is_limited() RETURNS BOOLEAN LANGUAGE sql AS $$
          SELECT current_setting('idle_session_timeout') <> '0'
            OR coalesce(current_setting('transaction_timeout', true), '0') <> '0' $$;
        CREATE TABLE notes (id BIGINT PRIMARY KEY CHECK (NOT is_limited()), note TEXT);
        """
    ) { place in
      try await place.setOfTarget("idle_session_timeout", "10min")
      try await place.write("INSERT INTO notes VALUES (1, 'a')")
      #expect(try await place.port().status == .complete)
    }
  }

  @Test func aRowThatIsTooLongForAnIndex() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT);",
      postgres: """
        CREATE TABLE notes (id BIGINT PRIMARY KEY, note TEXT);
        CREATE INDEX by_note ON notes (note);
        """
    ) { place in
      try await place.write("INSERT INTO notes VALUES (1, hex(randomblob(6000)))")
      let error = await #expect(throws: SQLError.self) { try await place.port() }
      #expect(error?.message.contains("the rows of the source break the index by_note of notes") == true)
      #expect(error?.hint?.contains("shorten the longest values") == true)
      try await Task.sleep(for: .milliseconds(20))
      try await place.write("UPDATE notes SET note = 'short'")
      #expect(try await place.port(PortOptions(startsOver: true)).status == .complete)
      #expect(try await place.rows("SELECT to_regclass('by_note') IS NOT NULL") == [[true]])
    }
  }
}
