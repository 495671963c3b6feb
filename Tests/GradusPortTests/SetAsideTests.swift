import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// What is set aside while rows are copied is as it was afterwards.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct SetAsideTests {
  @Test func triggersInTheirStates() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE parts (id INTEGER PRIMARY KEY, a TEXT);",
      postgres: """
        CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN NEW.a := NEW.a || '!'; RETURN NEW; END $$;
        CREATE TABLE parts (id BIGINT PRIMARY KEY, a TEXT) PARTITION BY RANGE (id);
        CREATE TABLE parts1 PARTITION OF parts FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
        CREATE TABLE parts11 PARTITION OF parts1 DEFAULT;
        CREATE TABLE parts2 PARTITION OF parts FOR VALUES FROM (10) TO (20);
        CREATE TABLE parts3 PARTITION OF parts DEFAULT;
        CREATE TRIGGER marking BEFORE INSERT ON parts FOR EACH ROW EXECUTE FUNCTION mark();
        ALTER TABLE parts1 ENABLE ALWAYS TRIGGER marking;
        ALTER TABLE parts2 DISABLE TRIGGER marking;
        CREATE VIEW shown AS SELECT id, a FROM parts;
        CREATE TRIGGER instead INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE FUNCTION mark();
        """
    ) { place in
      try await place.write("INSERT INTO parts VALUES (1, 'a'), (11, 'b'), (21, 'c')")
      let result = try await place.port()
      #expect(result.status == .complete, "\(result.differences)")
      #expect(try await place.rows("SELECT a FROM parts ORDER BY id") == [["a"], ["b"], ["c"]])
      #expect(
        try await place.rows(
          "SELECT tgrelid::regclass::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal OR tgparentid <> 0 ORDER BY 1"
        ) == [
          ["parts", "O"], ["parts1", "A"], ["parts11", "A"], ["parts2", "D"], ["parts3", "O"],
          ["shown", "O"],
        ])
    }
  }

  /// What follows something is made after it, also where an earlier run had only come to the first.
  @Test func startingOverWhileThingsAreMadeAgain() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT);",
      postgres: """
        CREATE TABLE notes (id BIGINT PRIMARY KEY, note TEXT);
        CREATE INDEX words ON notes (note);
        """
    ) { place in
      try await place.write("INSERT INTO notes VALUES (1, 'a')")
      #expect(try await place.port().status == .complete)
      try await place.writeTarget(
        "UPDATE gradus_port_state SET phase = 'restoring'",
        """
        INSERT INTO gradus_port_set_aside (number, name, sql)
        VALUES (1, 'comment on index words', $$COMMENT ON INDEX words IS 'of notes'$$)
        """)
      #expect(try await place.port(PortOptions(startsOver: true)).status == .complete)
      #expect(
        try await place.rows("SELECT obj_description('words'::regclass, 'pg_class')") == [["of notes"]])
    }
  }

  @Test func whatIsSaidOfThem() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT, parent BIGINT);",
      postgres: """
        CREATE TABLE notes (id BIGINT PRIMARY KEY, note TEXT, parent BIGINT CONSTRAINT above REFERENCES notes (id));
        CREATE INDEX words ON notes (lower(note));
        ALTER INDEX words ALTER COLUMN 1 SET STATISTICS 500;
        COMMENT ON INDEX words IS 'Anna''s';
        COMMENT ON CONSTRAINT above ON notes IS 'of the tree';
        """
    ) { place in
      try await place.write("INSERT INTO notes VALUES (1, 'a', 1)")
      #expect(try await place.port().status == .complete)
      #expect(
        try await place.rows(
          """
          SELECT obj_description('words'::regclass, 'pg_class'), a.attstattarget::integer,
            (SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname = 'above')
          FROM pg_attribute a WHERE a.attrelid = 'words'::regclass
          """) == [["Anna's", 500, "of the tree"]])
    }
  }
}
