import Foundation
import Gradus
import GradusCatalog
import GradusCheck
import GradusSQL
import GradusTestSupport
import Testing

/// The files of queries, and what is recorded into them.
struct QueryFileTests {
  @Test func aFileIsReadAndWrittenAlike() throws {
    let text = """
      -- The queries of version 3: what later schemas are checked against.

      -- query: plain
      SELECT 1 FROM a;

      -- query: full (room_id text not null, kind character varying(5) in ('a, b', 'it''s', '\u{301}, c'), double precision) on postgres
      UPDATE a
      SET b = $2 -- why
      WHERE c = $1 AND d = $3;

      """
    let queries = try QueryFile.parse(text, file: "3.sql")
    #expect(queries.map(\.name) == ["plain", "full"])
    #expect(queries[1].engines == [.postgres])
    #expect(queries[1].line == 6)
    #expect(
      queries[1].parameters == [
        .init(name: "room_id", type: "text", isNullable: false),
        .init(name: "kind", type: "character varying(5)", values: ["a, b", "it's", "\u{301}, c"]),
        .init(type: "double precision"),
      ])
    #expect(queries[1].sql.hasPrefix("UPDATE a\n") && queries[1].sql.hasSuffix("$3"))
    #expect(QueryFile.text(queries, version: 3) == text)
  }

  @Test(arguments: [
    ("SELECT 1;", 1), ("-- query: a b c\nSELECT 1;", 1), ("-- query: a\n\n", 1),
    ("-- query: a\nSELECT 1;\n-- query: a\nSELECT 2;", 3), ("-- query: a\nSELECT $1;", 1),
    ("-- query: a (text)\nSELECT 1;", 1), ("\n-- query: a on oracle\nSELECT 1;", 2),
    ("-- query: a on sqlite\nSELECT 1;\n-- query: a\nSELECT 2;", 3),
    ("-- query: a on sqlite\nSELECT 1;\n-- query: a on sqlite\nSELECT 2;", 3),
  ])
  func whatCannotBeReadIsNamed(text: String, line: Int) throws {
    let error = try #require(#expect(throws: GradusError.self) { try QueryFile.parse(text, file: "3.sql") })
    #expect(error.file == "3.sql")
    #expect(error.position?.line == line)
    #expect(error.hint != nil)
  }

  /// What is recorded besides never makes two of a name on one engine.
  @Test func aNameMayHaveATextForEachEngine() throws {
    let text = """
      -- The queries of version 1: what later schemas are checked against.

      -- query: a on postgres
      SELECT b FROM c WHERE d = ANY('{1}');

      -- query: a on sqlite
      SELECT b FROM c WHERE d IN (1);

      """
    let queries = try QueryFile.parse(text, file: "1.sql")
    #expect(queries.map(\.name) == ["a", "a"] && queries.map(\.engines) == [[.postgres], [.sqlite]])
    #expect(QueryFile.text(queries, version: 1) == text)
    let recorded = queries.flatMap { query in
      Engine.allCases.map { QueryFile.query(QueryRecorder.Query(engine: $0, sql: query.sql, types: [])) }
    }
    let merged = QueryFile.merge(recorded, into: queries)
    #expect(merged.prefix(2) == queries[...])
    #expect(merged.dropFirst(2).map(\.name) == ["select_c", "select_c_2"])
    #expect(merged.dropFirst(2).map(\.engines) == [[.sqlite], [.postgres]])
    #expect(QueryFile.merge(recorded, into: merged) == merged)
  }

  /// A dollar and a number in a text, a comment or a name are none.
  @Test(arguments: [
    "SELECT b, '$3 off' FROM a WHERE c = $1", "SELECT b -- $2\nFROM a /* $4 */ WHERE c = $1",
    "SELECT b$2, \"$5\" FROM a WHERE c = $1",
  ])
  func parametersAreCounted(sql: String) throws {
    let queries = try QueryFile.parse("-- query: a (text)\n\(sql);\n", file: "3.sql")
    #expect(queries.map(\.sql) == [sql])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func whatRunsIsRecorded(engine: Engine) async throws {
    let recorder = QueryRecorder()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await Session.open(RecordingDriver(database.driver, recorder))
      try await session.run { connection in
        try connection.execute("CREATE TABLE rooms (id BIGINT, name TEXT)")
        for name in [nil, "a"] as [String?] {
          try connection.execute("INSERT INTO rooms (id, name) VALUES ($1, $2)", [1, SQLValue(name)])
        }
        _ = try connection.query("SELECT name FROM rooms")
        _ = try connection.query("SELECT 1")
      }
    }
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "schema/queries/4.sql")
    try QueryFile.add(recorder.queries, to: file, version: 4)
    let first = try String(contentsOf: file, encoding: .utf8)
    let queries = try QueryFile.parse(first, file: "4.sql")
    #expect(queries.map(\.name) == ["insert_rooms", "select_rooms"])
    #expect(queries[0].parameters.map(\.type) == ["bigint", "text"])
    #expect(queries[0].engines == [engine])
    // Again, and on the other engine: nothing is there twice.
    try QueryFile.add(recorder.queries, to: file, version: 4)
    #expect(try String(contentsOf: file, encoding: .utf8) == first)
    let other: Engine = engine == .sqlite ? .postgres : .sqlite
    let elsewhere = recorder.queries.map {
      QueryRecorder.Query(engine: other, sql: $0.sql + " ;", types: $0.types)
    }
    try QueryFile.add(elsewhere, to: file, version: 4)
    let both = try QueryFile.parse(String(contentsOf: file, encoding: .utf8), file: "4.sql")
    #expect(both.map(\.engines) == [[.sqlite, .postgres], [.sqlite, .postgres]])
  }

  /// A header of fewer types than the statement has parameters could not be read again.
  @Test(arguments: TestDatabase.availableEngines)
  func whatIsRefusedIsNotRecorded(engine: Engine) async throws {
    let recorder = QueryRecorder()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await Session.open(RecordingDriver(database.driver, recorder))
      try await session.run { connection in
        try connection.execute("CREATE TABLE rooms (id BIGINT, name TEXT)")
        let insert = "INSERT INTO rooms (id, name) VALUES ($1, $2)"
        let select = "SELECT name FROM rooms WHERE id = $1"
        #expect(throws: SQLError.self) { _ = try connection.query(select) }
        #expect(throws: SQLError.self) { _ = try connection.execute(insert, [1]) }
        try connection.execute(insert, [1, "a"])
        // Whoever reads its rows fails, and it has run.
        #expect(throws: CancellationError.self) {
          try connection.forEachRow(select, [1]) { _ in throw CancellationError() }
        }
      }
    }
    let queries = recorder.queries.filter(QueryFile.isOfApplication)
    #expect(queries.map(\.types) == [["bigint", "text"], ["bigint"]])
  }

  /// Two trees may share their queries.
  @Test func aFileBehindALinkIsAddedTo() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (file, link) = (folder.appending(path: "shared.sql"), folder.appending(path: "4.sql"))
    try Data("-- query: a\nSELECT b FROM c;\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "shared.sql")
    let recorded = QueryRecorder.Query(engine: .sqlite, sql: "SELECT e FROM f", types: [])
    try QueryFile.add([recorded], to: link, version: 4)
    #expect(try QueryFile.read(file, file: "shared.sql")?.map(\.name) == ["a", "select_f"])
    // And to whom it belonged it does still.
    let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
    #expect((attributes[.posixPermissions] as? NSNumber)?.uint16Value == 0o640)
  }

  /// White space, comments and the letter case of words make no other query; what is in quotes does.
  @Test func whatIsInQuotesMakesAnotherQuery() {
    func queries(_ sql: [String]) -> [ApplicationQuery] {
      sql.map { QueryFile.query(QueryRecorder.Query(engine: .postgres, sql: $0, types: [])) }
    }
    let others = [
      "SELECT b FROM c WHERE d = 'A'", "SELECT b FROM c WHERE d = 'a'", "SELECT b FROM c WHERE d = 'a '",
      "SELECT b FROM \"C\" WHERE d = 'A'", "SELECT b FROM c WHERE d = $$A$$",
      "SELECT b FROM c WHERE d = '\u{E9}'", "SELECT b FROM c WHERE d = 'e\u{301}'",
    ]
    let merged = QueryFile.merge(queries(others), into: [])
    #expect(merged.map { Array($0.sql.utf8) } == others.map { Array($0.utf8) })
    let alike = ["select b -- why\n from c  where D = 'A' ;", "SELECT b FROM C\r\nWHERE d = $$A$$"]
    #expect(QueryFile.merge(queries(alike), into: merged).map(\.name) == merged.map(\.name))
  }

  /// Also where some of the numbers are taken.
  @Test func queriesThatAreNamedAlikeAreNumbered() {
    func query(_ number: Int) -> ApplicationQuery {
      QueryFile.query(
        QueryRecorder.Query(engine: .sqlite, sql: "SELECT a FROM b WHERE c = \(number)", types: []))
    }
    var taken = query(0)
    taken.name = "select_b_3"
    let merged = QueryFile.merge((1...4).map(query), into: [taken])
    #expect(merged.map(\.name) == ["select_b_3", "select_b", "select_b_2", "select_b_4", "select_b_5"])
  }

  /// What a recorded statement says in a comment begins no query of the file.
  @Test func aCommentOfAStatementIsNoHeader() throws {
    let sql = "SELECT a FROM b\n  -- query: c (d text)\nWHERE d = $1"
    let recorded = QueryRecorder.Query(engine: .postgres, sql: sql, types: ["text"])
    let query = QueryFile.query(recorded)
    let read = try QueryFile.parse(QueryFile.text([query], version: 1), file: "1.sql")
    #expect(read.map(\.name) == ["select_b"])
    #expect(read.first?.sql == "SELECT a FROM b\n--  -- query: c (d text)\nWHERE d = $1")
    // The same once more is no other query.
    #expect(QueryFile.merge([query], into: read).count == 1)
  }

  /// A header has room for ASCII alone, and what is written is to be read again.
  @Test func aTableMayHaveOtherLetters() throws {
    let recorded = ["SELECT a FROM r\u{E4}ume", "SELECT a FROM \u{8868}"].map {
      QueryFile.query(QueryRecorder.Query(engine: .sqlite, sql: $0, types: []))
    }
    let read = try QueryFile.parse(
      QueryFile.text(QueryFile.merge(recorded, into: []), version: 1), file: "1.sql")
    #expect(read.map(\.name) == ["select_r_ume", "select__"])
    #expect(read.map(\.sql) == ["SELECT a FROM r\u{E4}ume", "SELECT a FROM \u{8868}"])
  }

  @Test(arguments: TestDatabase.availableEngines)
  func statementsOfOtherBytesAreRecordedEach(engine: Engine) async throws {
    let recorder = QueryRecorder()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await Session.open(RecordingDriver(database.driver, recorder))
      try await session.run { connection in
        for letter in ["\u{E9}", "e\u{301}"] { _ = try connection.query("SELECT '\(letter)' AS a") }
      }
    }
    #expect(recorder.queries.filter { $0.sql.hasPrefix("SELECT '") }.map(\.sql.utf8.count) == [16, 17])
  }

  /// Read with signs in place of what is no text, it would be written back so.
  @Test func aFileThatIsNotUTF8StaysAsItIs() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "4.sql")
    let bytes = Data("-- query: a\nSELECT b FROM c WHERE d = 'caf".utf8) + Data([0xE9]) + Data("';\n".utf8)
    try bytes.write(to: file)
    let recorded = QueryRecorder.Query(engine: .sqlite, sql: "SELECT e FROM c", types: [])
    let error = #expect(throws: GradusError.self) {
      try QueryFile.add([recorded], to: file, version: 4)
    }
    #expect(error?.message == "is no UTF-8 text")
    #expect(error?.position?.line == 2)
    #expect(try Data(contentsOf: file) == bytes)
    // A byte order mark is no part of the text.
    try (Data([0xEF, 0xBB, 0xBF]) + Data("-- query: a\nSELECT 1;\n".utf8)).write(to: file)
    #expect(try QueryFile.read(file, file: "4.sql")?.map(\.name) == ["a"])
  }

  @Test(arguments: [
    ("SELECT * FROM a", ["Q01"]), ("SELECT a.* FROM a", ["Q01"]), ("SELECT 1, * FROM a", ["Q01"]),
    ("DELETE FROM a RETURNING *", ["Q01"]), ("INSERT INTO a VALUES ($1)", ["Q02"]),
    ("INSERT OR IGNORE INTO \"a b\" SELECT b FROM c", ["Q02"]),
    ("INSERT INTO a SELECT * FROM b", ["Q01", "Q02"]),
    ("SELECT count(*), 2 * b FROM a", []), ("INSERT INTO a (b) VALUES ($1)", []), ("SELECT '* FROM a'", []),
    ("INSERT INTO a DEFAULT VALUES", []),
    ("INSERT INTO a (b) SELECT c FROM d", []), ("SELECT b FROM a WHERE EXISTS (SELECT * FROM c)", []),
  ])
  func columnsHaveToBeNamed(sql: String, rules: [String]) {
    let query = ApplicationQuery(name: "a", sql: sql)
    #expect(QueryRules([query]).findings().map(\.rule) == rules)
  }

  @Test func whatRunsAndIsNotCommittedIsFound() {
    let committed = [ApplicationQuery(name: "a", sql: "SELECT b FROM c")]
    let recorded = [
      "select b\n from c;", "SELECT d FROM c", "BEGIN", "SELECT 1 FROM gradus_updates",
      "SELECT update_name FROM background_updates FOR UPDATE", "DELETE FROM schema_version",
      "SELECT pg_catalog.format_type(1, 2) FROM unnest($1) AS t",
    ].map {
      QueryRecorder.Query(engine: .postgres, sql: $0, types: [])
    }
    let findings = UncommittedQueries(recorded, committed: committed).findings(file: "4.sql")
    #expect(findings.map(\.rule) == ["Q03"])
    #expect(findings.first?.statement == "SELECT d FROM c")
  }

  /// What reads a schema is Gradus's own, though it names none of its tables.
  @Test(arguments: TestDatabase.availableEngines)
  func whatReadsASchemaIsNoneOfTheApplications(engine: Engine) async throws {
    let recorder = QueryRecorder()
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await Session.open(RecordingDriver(database.driver, recorder))
      try await session.run { connection in
        try connection.execute("CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT)")
        _ = try CatalogReader.read(connection)
      }
    }
    #expect(!recorder.queries.isEmpty)
    #expect(recorder.queries.filter(QueryFile.isOfApplication).map(\.sql) == [])
  }

  /// What begins like Gradus's own tables, or calls the engine's functions, may be the application's all the same.
  @Test(arguments: [
    ("SELECT id FROM gradus_things", true),
    ("INSERT INTO gradus_things (id, gradus_note) VALUES ($1, $2)", true),
    ("SELECT t.id FROM things t JOIN \"gradus_notes\" n ON n.thing = t.id", true),
    ("SELECT id FROM jobs WHERE pg_try_advisory_xact_lock(id) FOR UPDATE SKIP LOCKED", true),
    ("INSERT INTO things(id) SELECT id FROM unnest($1) AS id", true),
    ("SELECT t.id FROM gradus_things t JOIN gradus_updates u ON u.update_name = t.name", false),
    ("SELECT min(id) AS gradus_first FROM things", false),
    ("INSERT INTO gradus_rebuild_things SELECT * FROM things", false),
    ("UPDATE gradus_port_state SET state = $1", false),
    ("SELECT c.relname FROM things t JOIN pg_class c ON c.relname = t.name", false),
    ("SELECT name FROM sqlite_master", false),
    ("SELECT name FROM pragma_table_info($1)", false),
  ])
  func whoseStatementItIs(sql: String, isOfApplication: Bool) {
    let query = QueryRecorder.Query(engine: .postgres, sql: sql, types: [])
    #expect(QueryFile.isOfApplication(query) == isOfApplication)
  }
}
