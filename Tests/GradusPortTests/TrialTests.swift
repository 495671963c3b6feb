import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// The trial of a schema sees what the schema itself will see, and leaves the target as it is.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct TrialTests {
  private static let things =
    "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"

  @Test(arguments: [
    (
      "-- As pg_dump writes it.\nCREATE TABLE public.items (id BIGINT PRIMARY KEY);",
      "01_tables.sql.postgres:2: the script names the schema public"
    ),
    (
      "CREATE TABLE items (id BIGINT PRIMARY KEY); CREATE VIEW more AS SELECT id FROM \"public\".items;",
      "01_tables.sql.postgres:1: the script names the schema public"
    ),
    (
      "CREATE TABLE items (id BIGINT PRIMARY KEY); CREATE SCHEMA other;",
      "01_tables.sql.postgres:1: the script makes a schema"
    ),
    // What only running it tells.
    (
      """
      CREATE TABLE items (id BIGINT PRIMARY KEY);
      DO $body$ BEGIN EXECUTE 'CREATE TABLE public.stray (id BIGINT)'; END $body$;
      """,
      "in the target's own schema public: table public.stray; that was removed again"
    ),
  ])
  func aScriptThatSaysWhichSchemaItIsFor(script: String, reason: String) async throws {
    try await PortPlace.with(sqlite: "CREATE TABLE items (id INTEGER PRIMARY KEY);", postgres: script) {
      place in
      for isDryRun in [true, false] {
        let error = await #expect(throws: PortRefused.self) { try await place.port(isDryRun: isDryRun) }
        #expect(error?.reasons.count == 1)
        #expect(error?.reasons.first?.contains(reason) == true, "\(error?.reasons ?? [])")
        #expect(error?.hint?.contains("pg_dump") == true)
        let things = try await place.rows(Self.things)
        #expect(things.isEmpty)
        let schemas = try await place.rows(
          "SELECT nspname::text FROM pg_namespace WHERE nspname IN ('other', 'gradus_port_trial')")
        #expect(schemas.isEmpty)
      }
    }
  }

  /// Such words alone say nothing of a schema.
  @Test func wordsThatLookLikeTheSchema() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE items (id INTEGER PRIMARY KEY, public TEXT);",
      postgres: """
        -- CREATE TABLE public.items
        CREATE TABLE items (id BIGINT PRIMARY KEY, public TEXT DEFAULT 'FROM public.items');
        CREATE VIEW more AS SELECT public.id FROM items AS public;
        GRANT SELECT ON items TO PUBLIC;
        CREATE FUNCTION items_count() RETURNS BIGINT LANGUAGE plpgsql AS $$
          BEGIN RETURN (SELECT count(*) FROM public.items); END $$;
        """
    ) { place in
      try await place.write("INSERT INTO items VALUES (1, 'a')")
      #expect(try await place.port(isDryRun: true).status == .dryRun)
      #expect(try await place.rows(Self.things) == [])
      #expect(try await place.port().status == .complete)
    }
  }

  /// Scripts are not tried where they could reach what somebody has there.
  @Test func aTargetThatIsNotEmptyIsSafe() async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE items (id INTEGER PRIMARY KEY);",
      postgres: """
        DO $$ BEGIN EXECUTE 'DROP TABLE IF EXISTS public.items'; END $$;
        CREATE TABLE items (id BIGINT PRIMARY KEY);
        """
    ) { place in
      try await place.writeTarget("CREATE TABLE items (precious TEXT)")
      let reasons = try await place.refusal()
      #expect(reasons.contains { $0.contains("not empty") })
      #expect(reasons.contains { $0.contains("is tried where that is empty only") })
      #expect(try await place.rows("SELECT precious FROM items") == [])
    }
  }

  /// - Parameter isInterrupted: whether an earlier run was stopped while it made the schema.
  @Test(arguments: [false, true]) func extensionsThatAreThere(isInterrupted: Bool) async throws {
    try await PortPlace.with(
      sqlite: "CREATE TABLE people (name TEXT PRIMARY KEY);",
      postgres: """
        CREATE EXTENSION IF NOT EXISTS citext;
        CREATE TABLE people (name CITEXT PRIMARY KEY);
        """
    ) { place in
      let available = try await place.rows("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'")
      guard !available.isEmpty else { return }
      try await place.write("INSERT INTO people VALUES ('Anna')")
      try await place.writeTarget("CREATE EXTENSION citext")
      #expect(try await place.port(isDryRun: true).status == .dryRun)
      if isInterrupted {
        // As it is when the schema is made, and not yet recorded to be.
        #expect(try await place.port().status == .complete)
        try await place.writeTarget("UPDATE gradus_port_state SET phase = 'preparing'")
      }
      #expect(try await place.port().status == .complete)
      #expect(try await place.rows("SELECT name::text FROM people WHERE name = 'ANNA'") == [["Anna"]])
    }
  }
}
