import GradusSQL
import Testing

@testable import Gradus

@Suite struct UpdatesFileTests {
  private func read(_ text: String) throws -> [UpdateDeclaration] {
    try UpdatesFileReader(file: "01_x.updates.yaml", defaultOrdering: 201).read(text)
  }

  @Test func readsEachKind() throws {
    let declarations = try read(
      """
      updates:
        - {name: a, kind: backfill, table: t, key: id, sql: "UPDATE t SET x = 1 WHERE {range}"}
        - name: b
          kind: drain
          table: q
          key: [x, y]
          depends_on: a
          sql: {sqlite: "DELETE FROM z WHERE {range:q}", postgres: "DELETE FROM y WHERE {range:q}"}
        - {name: c, kind: index, table: t, columns: [x, lower(y)], unique: true, where: x > 0, replaces: old}
        - {name: d, kind: validate_constraint, table: t, constraint: k, engines: postgres, depends_on: [a, b]}
        - {name: e, kind: sql, sql: "DELETE FROM t", ordering: 7}
        - {name: f, kind: handler}
      """)
    #expect(declarations.map(\.name) == ["a", "b", "c", "d", "e", "f"])
    #expect(declarations.map(\.ordering) == [201, 201, 201, 201, 7, 201])
    #expect(
      declarations[0].kind
        == .backfill(.init(table: "t", key: ["id"], sql: .init("UPDATE t SET x = 1 WHERE {range}"))))
    #expect(declarations[1].dependsOn == ["a"])
    guard case .drain(let drain) = declarations[1].kind else { return #expect(Bool(false)) }
    #expect(drain.sql.byEngine[.postgres] == "DELETE FROM y WHERE {range:q}")
    #expect(
      declarations[2].kind
        == .index(
          .init(
            name: "c", table: "t", columns: ["x", "lower(y)"], isUnique: true, condition: "x > 0",
            replaces: "old")))
    #expect(declarations[3].engines == [.postgres])
    #expect(declarations[3].queueRow == QueuedUpdate(name: "d", dependsOn: "a", ordering: 201))
    #expect(declarations[5].kind == .handler)
  }

  /// Both engines are to hold it, and PostgreSQL has 32 bits for it.
  @Test(arguments: ["2147483648", "-2147483649", "20240115093000"])
  func refusesAnOrderingThatDoesNotFit(ordering: String) throws {
    let error = try #require(throws: GradusError.self) {
      try read("updates:\n  - {name: a, kind: handler, ordering: \(ordering)}")
    }
    #expect(error.message == "the ordering \(ordering) is out of range")
    #expect(error.position?.line == 2)
  }

  @Test(arguments: [
    ("01_x.updates.yaml", 2, 201), ("x.updates.yaml", 2, 200), ("120_x.updates.yaml", 2, 320),
    ("20240115093000_x.updates.yaml", 2, 207), ("99999999999999999999_x.updates.yaml", 2, 207),
    ("01_x.updates.yaml", 20_240_115, 2_024_011_501), ("01_x.updates.yaml", 1_700_000_000, 2_147_483_647),
  ])
  func placesByVersionAndNumber(name: String, version: Int, ordering: Int) {
    let file = SchemaFile(database: .main, version: version, name: name, url: nil)
    #expect(file.ordering(rank: 7) == ordering)
  }

  /// PostgreSQL cuts it: another index may be there under what is left, and would be taken for this one.
  @Test func refusesAnIndexWhoseNameIsCut() throws {
    let (whole, long) = (String(repeating: "a", count: 63), String(repeating: "\u{E9}", count: 32))
    func index(_ keys: String) -> String { "updates: [{\(keys), kind: index, table: t, columns: x}]" }
    #expect(try read(index("name: \(whole)")).count == 1)
    #expect(try read(index("name: \(long), index: b")).count == 1)
    #expect(try read(index("name: \(long), engines: sqlite")).count == 1)
    for keys in ["name: \(long)", "name: a, index: \(long)", "name: a, replaces: \(long)"] {
      let error = try #require(throws: GradusError.self) { try read(index(keys)) }
      #expect(error.message.contains("PostgreSQL keeps the first 63 bytes"), "\(error)")
      #expect(error.position != nil)
    }
  }

  @Test func readsConstraints() throws {
    let declarations = try read(
      """
      updates:
        - {name: a, kind: constraint, table: t, not_null: x}
        - {name: b, kind: constraint, table: t, constraint: k, check: x > 0, key: [id], delete_violations: true}
        - name: c
          kind: constraint
          table: t
          foreign_key: {columns: [x, y], references: p, to: [v, w], on_delete: set_null, deferrable: true}
          delete_violations: true
          engines: sqlite
      """)
    #expect(
      declarations.map(\.kind) == [
        .constraint(.init(table: "t", name: "a", rule: .notNull(column: "x"))),
        .constraint(
          .init(table: "t", name: "k", key: ["id"], rule: .check("x > 0"), deletesViolations: true)),
        .constraint(
          .init(
            table: "t", name: "c",
            rule: .foreignKey(
              .init(
                columns: ["x", "y"], parent: "p", parentColumns: ["v", "w"], onDelete: .setNull,
                isDeferred: true)), deletesViolations: true)),
      ])
  }

  @Test(arguments: [
    ("not_nul: x", "unknown key 'not_nul'", "did you mean 'not_null'?"),
    ("key: id", "nothing says what must hold", "give one of not_null, check, foreign_key"),
    ("not_null: x, check: y", "'not_null' and 'check' are two constraints", ""),
    ("not_null: x, delete_violations: true", "delete_violations needs 'key'", ""),
    ("foreign_key: {columns: x, to: y}", "the key 'references' is missing", ""),
    ("foreign_key: {columns: [x, z], references: p, to: y}", "2 columns cannot reference 1", ""),
    (
      "foreign_key: {columns: x, references: p, to: y, on_delete: cascad}", "unknown action 'cascad'",
      "did you mean 'cascade'?"
    ),
    (
      "foreign_key: {columns: x, references: p, to: y, defferable: true}", "unknown key 'defferable'",
      "did you mean 'deferrable'?"
    ),
    ("not_null: x, depends_on: f", "the constraint 'a' depends on 'f' of the same file", "later file"),
  ])
  func refusesConstraints(keys: String, message: String, hint: String) throws {
    let text = "updates: [{name: f, kind: handler}, {name: a, kind: constraint, table: t, \(keys)}]"
    let error = try #require(throws: GradusError.self) { try read(text) }
    #expect(error.message.contains(message), "\(error)")
    #expect(hint.isEmpty || error.hint?.contains(hint) == true)
    #expect(error.position != nil)
  }

  @Test(arguments: [
    ("updates: [{name: a, kind: backfil}]", "unknown kind 'backfil'", "did you mean 'backfill'?"),
    ("updates: [{name: a, kind: handler, tabel: x}]", "unknown key 'tabel'", ""),
    (
      "updates: [{name: a, kind: backfill, table: t, key: id, sql: UPDATE t SET x = 1}]",
      "does not use {range}",
      "add 'WHERE {range}'"
    ),
    (
      "updates: [{name: a, kind: backfill, table: t, key: id, sql: \"UPDATE t SET x = 1 -- WHERE {range}\"}]",
      "does not use {range}", ""
    ),
    (
      "updates: [{name: a, kind: backfill, table: t, key: id, sql: \"UPDATE t SET x = 'in {range}' WHERE {range}\"}]",
      "{range} stands in quotes", "take such a text apart"
    ),
    ("updates: [{name: a, kind: sql, sql: {sqlite: SELECT 1}}]", "no SQL for PostgreSQL", "add 'postgres:'"),
    ("updates: [{name: a, kind: handler, engines: [mysql]}]", "unknown engine 'mysql'", ""),
    ("updates: [{name: a, kind: handler, engines: []}]", "'engines' names none", "leave it out for all"),
    ("updates: [{name: a, kind: index, table: t, columns: []}]", "an index needs a column", ""),
    ("updates: [{name: a, kind: handler}, {name: a, kind: handler}]", "two updates are named 'a'", ""),
    (
      "updates: [{name: a, kind: index, table: t, columns: x, replaces: A}]",
      "an index cannot replace itself",
      ""
    ),
    (
      "updates: [{name: a, kind: validate_constraint, table: t, constraint: c, delete_violations: true}]",
      "delete_violations needs 'check' and 'key'", ""
    ),
    (
      "updates: [{name: a, kind: backfill, table: t, key: [], sql: 'DELETE FROM t WHERE {range}'}]",
      "'key' names no column", "primary key"
    ),
    (
      "updates: [{name: a, kind: drain, table: t, key: [x, x], sql: 'DELETE FROM t WHERE {range}'}]",
      "'key' names the column 'x' twice", ""
    ),
    (
      "updates: [{name: a, kind: validate_constraint, table: t, constraint: c, key: [x, '']}]",
      "'key' names a column without a name", ""
    ),
    ("updates: [{name: a, kind: constraint, table: t, not_null: x, key: []}]", "'key' names no column", ""),
    (
      "updates: [{name: a, kind: sync_column, table: t, key: [], from: x, to: y, using: x}]",
      "'key' names no column", ""
    ),
    (
      "updates: [{name: a, kind: sync_column, table: t, key: x, from: [], to: y, using: '1'}]",
      "computed from at least one", ""
    ),
    ("updates: [{name: '', kind: handler}]", "'' is no name for an update", "give it one of letters"),
    ("updates: [{name: ' ', kind: handler}]", "' ' is no name for an update", ""),
    ("updates: [{name: '*', kind: handler}]", "'*' is no name for an update", ""),
    (
      "updates: [{name: a, kind: sync_column, table: t, key: k, from: x, to: y, using: x}, {name: b, kind: drop_sync, sync: a}]",
      "'b' drops 'a', which the same file declares", "later version"
    ),
  ])
  func refuses(text: String, message: String, hint: String) throws {
    let error = try #require(throws: GradusError.self) { try read(text) }
    #expect(error.message.contains(message), "\(error)")
    #expect(hint.isEmpty || error.hint?.contains(hint) == true)
    #expect(error.position != nil)
  }

  /// It would be run at the end of a long walk, or make another statement of what it is put into.
  @Test(arguments: [
    ("kind: backfill, table: t, key: id, where: x = 1;, sql: 'DELETE FROM t WHERE {range}'", "semicolon"),
    ("kind: backfill, table: t, key: id, where: WHERE x, sql: 'DELETE FROM t WHERE {range}'", "'WHERE'"),
    ("kind: backfill, table: t, key: id, where: ' ', sql: 'DELETE FROM t WHERE {range}'", "says nothing"),
    ("kind: backfill, table: t, key: id, sql: 'DELETE FROM t WHERE {range}; SELECT 1'", "more than one"),
    ("kind: drain, table: t, key: id, sql: 'DELETE FROM u WHERE {range:t.id}'", "'{range:t.id}'"),
    ("kind: index, table: t, columns: [x, 'lower(y']", "brackets"),
    ("kind: index, table: t, columns: x, where: x > 0 /* why", "comment"),
    ("kind: constraint, table: t, check: x > 0) OR (y > 0", "brackets"),
    ("kind: validate_constraint, table: t, constraint: k, check: \"x = 'a\"", "quote"),
    ("kind: sync_column, table: t, key: k, from: x, to: y, using: x * 100;", "semicolon"),
    ("kind: sync_column, table: t, key: k, from: x, to: y, using: x, reverse: (y", "brackets"),
    ("kind: sql, sql: 'DELETE FROM t; /* DELETE FROM u'", "comment"),
  ])
  func refusesWhatWouldChangeItsStatement(keys: String, message: String) throws {
    let error = try #require(throws: GradusError.self) {
      try read("updates:\n  - {name: f, kind: handler}\n  - {name: a, \(keys)}\n")
    }
    #expect(error.message.contains(message), "\(error)")
    #expect(error.position?.line == 3)
    #expect(error.hint != nil)
  }

  private func backfill(_ sql: String) throws -> [UpdateDeclaration] {
    try read("updates:\n  - name: a\n    kind: backfill\n    table: t\n    key: id\n    sql: \(sql)\n")
  }

  /// YAML makes one line of it: half of the condition would be in the comment.
  @Test(arguments: [
    ">\n      DELETE FROM t WHERE {range} -- why\n      AND x IS NULL",
    "DELETE FROM t WHERE {range} -- why\n      AND x IS NULL",
    "'DELETE FROM t WHERE {range} -- why\n      AND x IS NULL'",
  ])
  func refusesACommentInFoldedLines(sql: String) throws {
    let error = try #require(throws: GradusError.self) { try backfill(sql) }
    #expect(error.message.contains("hides what follows"), "\(error)")
    #expect(error.hint?.contains("'|'") == true)
    #expect(error.position?.line == 6)
  }

  /// One whose line stays as it is written.
  @Test(arguments: [
    "|\n      DELETE FROM t WHERE {range} -- why\n      AND x IS NULL",
    ">\n      DELETE FROM t WHERE {range}\n      AND x <> '--'\n      AND x IS NULL",
    ">\n      DELETE FROM t\n        WHERE {range} -- why\n        AND x IS NULL\n      AND y IS NULL -- and why",
    ">\n      -- why\n\n      DELETE FROM t WHERE {range}", "DELETE FROM t WHERE {range} -- it's why",
    "'DELETE FROM t WHERE {range} -- it''s why'", #""DELETE FROM t WHERE {range} -- why\nAND x IS NULL""#,
  ])
  func aCommentThatHidesNothing(sql: String) throws { #expect(try backfill(sql).count == 1) }

  /// A backfill would give it the value of its slice's bound.
  @Test(arguments: [
    ("kind: backfill, table: t, key: id, sql: 'UPDATE t SET x = $1 WHERE {range}'", "'$1'", "SQLite"),
    ("kind: drain, table: t, key: id, sql: 'DELETE FROM z WHERE {range:q} AND a = :b'", "':b'", "SQLite"),
    ("kind: sql, sql: {sqlite: 'DELETE FROM t WHERE a = ?', postgres: SELECT 1}", "'?'", "SQLite"),
    ("kind: sql, sql: {sqlite: SELECT 1, postgres: DELETE FROM t WHERE a = $2}", "'$2'", "PostgreSQL"),
    ("kind: sql, sql: 'SELECT $a$b$a$'", "'$a$b$a$'", "SQLite"),
    ("kind: backfill, table: t, key: id, where: x = $1, sql: 'UPDATE t SET x = 1 WHERE {range}'", "'$1'", ""),
    ("kind: index, table: t, columns: [x, 'y + :z']", "':z'", ""),
    ("kind: index, table: t, columns: x, where: y = $3, engines: postgres", "'$3'", "PostgreSQL"),
    ("kind: constraint, table: t, check: 'x > @y'", "'@y'", ""),
    ("kind: validate_constraint, table: t, constraint: k, check: 'x > ?1'", "'?1'", ""),
    ("kind: sync_column, table: t, key: k, from: x, to: y, using: $1", "'$1'", ""),
    ("kind: sync_column, table: t, key: k, from: x, to: y, using: x, reverse: $1", "'$1'", ""),
  ])
  func refusesParameters(keys: String, parameter: String, engine: String) throws {
    let error = try #require(throws: GradusError.self) {
      try read("updates:\n  - {name: f, kind: handler}\n  - {name: a, \(keys)}\n")
    }
    #expect(error.message.contains("\(parameter) is a parameter to \(engine)"), "\(error)")
    #expect(error.position?.line == 3)
    #expect(error.hint?.contains(parameter.contains("$a$") ? "no dollar quotes" : "write the value") == true)
  }

  /// What looks like one in a text, and what is none to the engine that it is for.
  @Test(arguments: [
    "kind: backfill, table: t, key: id, sql: \"UPDATE t SET x = ':y $1 ?' WHERE {range:o}\"",
    "kind: index, table: t, columns: ['a::text', \"(a ? 'b')\"], engines: postgres",
    "kind: sql, sql: {sqlite: SELECT 1, postgres: 'DO $x$ BEGIN END $x$'}",
  ])
  func takesWhatIsNoParameter(keys: String) throws {
    #expect(try read("updates: [{name: a, \(keys)}]").count == 1)
  }

  @Test func knowsWhereEachBegins() throws {
    let declarations = try read("updates:\n  - {name: a, kind: handler}\n\n  - name: b\n    kind: handler\n")
    #expect(declarations.map(\.position) == [.init(line: 2, column: 5), .init(line: 4, column: 5)])
  }

  /// Errors are where the entry is, not at the beginning of the file.
  @Test func saysOnWhichLine() throws {
    let error = try #require(throws: GradusError.self) {
      try read("updates:\n  - {name: a, kind: handler}\n  - {name: a, kind: handler}\n")
    }
    #expect(error.position?.line == 3)
  }

  /// SQLite's triggers of both would have one name.
  @Test func refusesSyncsThatDifferInCaseAlone() throws {
    let sync = UpdateDeclaration.SyncColumn(table: "t", key: ["id"], from: ["a"], to: "b", using: .init("a"))
    let declarations = ["follow", "Follow"].map {
      UpdateDeclaration(name: $0, kind: .syncColumn(sync), file: "\($0).updates.yaml")
    }
    let error = try #require(throws: GradusError.self) {
      try UpdateDependencies.check(declarations, known: [])
    }
    #expect(error.message.contains("'Follow' and 'follow' have one name"), "\(error)")
    #expect(error.hint?.contains("Follow.updates.yaml") == true)
    try UpdateDependencies.check(
      [declarations[0], UpdateDeclaration(name: "FOLLOW", kind: .handler)], known: [])
  }

  @Test func findsCyclesAndUnknownDependencies() throws {
    let a = UpdateDeclaration(name: "a", kind: .handler, dependsOn: ["b"])
    let b = UpdateDeclaration(name: "b", kind: .handler, dependsOn: ["c"])
    let c = UpdateDeclaration(name: "c", kind: .handler, dependsOn: ["b"])
    let cycle = try #require(throws: GradusError.self) { try UpdateDependencies.check([a, b, c], known: []) }
    #expect(cycle.message == "updates depend on each other in a circle: b -> c -> b")
    let d = UpdateDeclaration(name: "d", kind: .handler, dependsOn: ["fill_total"])
    let unknown = try #require(throws: GradusError.self) {
      try UpdateDependencies.check([d], known: ["fill_totals"])
    }
    #expect(unknown.message.contains("'fill_total', which nothing declares"))
    #expect(unknown.hint == "did you mean 'fill_totals'?")
    try UpdateDependencies.check([a], known: ["b"])
    #expect(
      UpdateDependencies.cycle([UpdateDeclaration(name: "x", kind: .handler, dependsOn: ["x"])]) == ["x"])
  }
}
