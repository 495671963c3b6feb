import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

@Suite struct LedgerTests {
  private static let example = """
    version: 3
    compat_version: 2
    versions:
      2: {compat: 1, changes: [adds totals]}
      3: {compat: 2}
    gradual_migrations:
      - name: totals
        starts: 2
        completes: 3
        updates: [fill_totals]
        stale_after_rollback:
          - table: totals
            key: [id]
            position: position
            source: {table: orders, key: [customer], position: id}
            requeue: {into: totals_queue, update: fill_totals, progress: '{"from":{position}}'}
            guards:
              - {on: orders, key: [customer]}
              - {on: prices, key: [customer], events: [update], columns: [price], when: '{row}.price > 0'}
    """

  private func read(_ text: String) throws -> Ledger { try LedgerReader(file: "schema.yaml").read(text) }

  private func failure(_ text: String) throws -> GradusError {
    try #require(throws: GradusError.self) { try read(text) }
  }

  @Test func readsEverything() throws {
    let ledger = try read(Self.example)
    #expect(ledger.version == 3)
    #expect(ledger.compatVersion == 2)
    #expect(ledger.versions[2] == .init(compatVersion: 1, changes: ["adds totals"]))
    let migration = try #require(ledger.gradualMigrations.first)
    #expect(migration.completes == 3)
    #expect(migration.staleness[0].source.key == ["customer"])
    #expect(
      migration.staleness[0].guards == [
        StalenessGuard(table: "orders", key: ["customer"]),
        StalenessGuard(
          table: "prices", key: ["customer"], events: [.update], columns: ["price"],
          condition: "{row}.price > 0"),
      ])
    #expect(migration.staleness[0].requeue.progress == #"{"from":{position}}"#)
  }

  @Test func anUnknownKeyNamesLineAndNearestKey() throws {
    let error = try failure("version: 1\ncompat_verison: 1\n")
    #expect(error.position == .init(line: 2, column: 1))
    #expect(error.message == "unknown key 'compat_verison'")
    #expect(error.hint == "did you mean 'compat_version'?")
    #expect(error.description.hasPrefix("schema.yaml:2:1: "))
  }

  @Test(arguments: [
    ("version: 1\ncompat_version: 1\n# again\nversion: 2\n", SourcePosition(line: 4, column: 1)),
    (
      "version: 2\ncompat_version: 1\nversions:\n  1: {compat: 1}\n  2: {compat: 1}\n  2: {compat: 2}\n",
      SourcePosition(line: 6, column: 3)
    ),
    (
      "version: 2\ncompat_version: 1\ngradual_migrations:\n  - name: a\n    starts: 2\n    name: b\n  - name: c\n",
      SourcePosition(line: 6, column: 5)
    ),
  ])
  func aRepeatedKeyIsNamedWhereItComesAgain(text: String, position: SourcePosition) throws {
    let error = try failure(text)
    #expect(error.message.hasSuffix("appears twice"), "\(error)")
    #expect(error.position == position, "\(error)")
  }

  @Test(arguments: [
    (
      "version: 1\ncompat_version: 1\nversions:\n\t1: {compat: 1}\n",
      "indent by spaces: YAML takes no tabs there"
    ),
    (
      "version: 1\n<<<<<<< HEAD\ncompat_version: 1\n=======\ncompat_version: 0\n>>>>>>> other\n",
      "resolve the merge whose mark is line 2"
    ),
  ])
  func whatMakesATextNoYAMLIsSaid(text: String, hint: String) throws {
    let error = try failure(text)
    #expect(error.message.hasPrefix("not valid YAML"), "\(error)")
    #expect(error.hint == hint, "\(error)")
  }

  /// It is there: to look for it elsewhere would be no help.
  @Test func aLedgerThatCannotBeRead() throws {
    let tree = try TemporarySchema(["schema.yaml/x": ""])
    let error = try #require(throws: GradusError.self) {
      try Ledger(contentsOf: tree.root.appending(path: "schema.yaml"))
    }
    #expect(error.message == "is a folder, and not a file")
    #expect(error.hint == nil)
  }

  @Test(arguments: [
    ("version: one\ncompat_version: 1", "expected a whole number"),
    ("version: 1", "the key 'compat_version' is missing"),
    ("version: 1\ncompat_version: 2", "the compat version 2 is above the version 1"),
    ("- 1", "expected a mapping"),
    ("", "the file is empty"),
    ("version: [1", "not valid YAML"),
    ("version: 1\nversion: 2\ncompat_version: 1", "twice"),
    ("version: 010\ncompat_version: 1", "begins with 0"),
    ("version: 087\ncompat_version: 1", "begins with 0"),
    (
      "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 0}}", "lowers the compat version"
    ),
    ("version: 2\ncompat_version: 1\nversions: {2: {compat: 2}}", "versions says 2"),
    (
      "version: 3\ncompat_version: 1\ngradual_migrations: [{name: a, starts: 2, completes: 3}]",
      "still admits versions before 2"
    ),
    ("version: 2147483647\ncompat_version: 1", "2147483647 is no schema version"),
    ("version: 2\ncompat_version: -1", "-1 is no schema version"),
    ("version: 2\ncompat_version: 1\nupgrades_from: 20240115093000", "20240115093000 is no schema version"),
    ("version: 2\ncompat_version: 1\nversions: {4294967296: {compat: 1}}", "4294967296 is no schema version"),
    ("version: 2\ncompat_version: 1\nversions: {1: {compat: -5}}", "-5 is no schema version"),
    (
      "version: 2\ncompat_version: 1\ngradual_migrations: [{name: a, starts: 2, completes: 4294967296}]",
      "4294967296 is no schema version"
    ),
    // Not only at the version that completes it, and where the newest version is not listed.
    (
      "version: 89\ncompat_version: 86\nversions: {87: {compat: 86}, 88: {compat: 87}}\n"
        + "gradual_migrations: [{name: a, starts: 87, completes: 88}]",
      "version 89 lowers the compat version from 87 to 86"
    ),
    (
      "version: 89\ncompat_version: 86\nversions: {87: {compat: 86}}\n"
        + "gradual_migrations: [{name: a, starts: 87, completes: 88}]",
      "'a' completes at 88, but the compat version 86 of 89 still admits versions before 87"
    ),
    (
      "version: 3\ncompat_version: 3\ngradual_migrations: [{name: a, starts: 3, completes: 3}]",
      "not after it starts"
    ),
  ])
  func refuses(text: String, message: String) throws {
    let error = try failure(text)
    #expect(error.message.contains(message), "\(error)")
    #expect(error.file == "schema.yaml")
  }

  @Test(arguments: [
    ("{on: o, key: [a, b]}", "the guard's key has 2 columns, not 1"),
    ("{on: o, key: a, events: [change]}", "unknown event 'change'"),
    ("{on: o, key: a, events: []}", "a guard needs an event"),
    ("{on: o, key: a, events: insert, columns: [b]}", "columns change by updates"),
    ("{on: o, key: a, when: b = 1}", "does not use {row}"),
    ("{on: o, key: a, when: '{row}.b = 1;'}", "semicolon"),
    ("{on: o, key: a, when: 'WHERE {row}.b = 1'}", "'WHERE'"),
    ("{on: o, key: a, when: '({row}.b = 1'}", "brackets"),
    ("{on: o, key: a, when: '{row}.b = {new}.b'}", "'{new}"),
    ("{on: o, key: a, when: '{row}.b = $1'}", "'$1' is a parameter"),
    ("{on: o, key: a, when: '{row}.b = 1 -- why\n                AND {row}.c = 2'}", "hides what follows"),
    ("{table: o, key: a}", "unknown key 'table'"),
  ])
  func refusesGuards(text: String, message: String) throws {
    let marker = "{on: orders, key: [customer]}"
    let error = try failure(Self.example.replacingOccurrences(of: marker, with: text))
    #expect(error.message.contains(message), "\(error)")
  }

  /// It is put into what every start asks, and may be for one engine alone.
  @Test func refusesAConditionThatNoEngineTakes() throws {
    func example(_ condition: String) -> String {
      Self.example.replacing(
        "        guards:",
        with: "        when_empty: {rows_in: orders, where: \(condition), queue: []}\n        guards:")
    }
    for (condition, message) in [
      ("amount > 0;", "semicolon"), ("'amount > (0'", "brackets"), ("amount > 0 LIMIT 1", "'LIMIT'"),
      ("amount > $1", "'$1' is a parameter"), ("' '", "says nothing"),
    ] {
      let error = try failure(example(condition))
      #expect(error.message.contains(message), "\(error)")
      #expect(error.position?.line == 17)
    }
    for condition in ["\"kinds ? 'a'\"", "'a = $x$($x$'", "'[a(b] = 1'", "amount > 0 -- large ones"] {
      #expect(try read(example(condition)).gradualMigrations.count == 1)
    }
  }

  /// The update would be parked when it runs.
  @Test func refusesAProgressThatIsNoJSON() throws {
    for progress in [#"'{from:{position}}'"#, #"'{"from":{positon}}'"#, "'[1]'", "' '", "nothing"] {
      let error = try failure(Self.example.replacing(#"'{"from":{position}}'"#, with: progress))
      #expect(error.message == "the progress is no JSON object", "\(progress)")
      #expect(error.position?.line == 16)
    }
    let queue = #"when_empty: {rows_in: orders, queue: [{update: a, progress: '{"from":{position}}'}]}"#
    let error = try failure(
      Self.example.replacing("        guards:", with: "        \(queue)\n        guards:"))
    #expect(error.message == "the progress is no JSON object")
    #expect(error.position?.line == 17)
  }

  @Test func aKeyHasColumns() throws {
    let text = Self.example.replacing("key: [id]", with: "key: []")
      .replacing("source: {table: orders, key: [customer]", with: "source: {table: orders, key: []")
    let error = try failure(text)
    #expect(error.message == "the key has no columns")
    #expect(error.position?.line == 13)
  }

  /// How far a table is would be read for one rule and taken for the other's.
  @Test func aTableHasOneRuleOfStaleness() throws {
    let rules = Self.example.components(separatedBy: "\n").dropFirst(11).joined(separator: "\n")
    let within = try failure(Self.example + "\n" + rules)
    #expect(within.message == "a second rule for 'totals'; the first is of 'totals'")
    #expect(within.position?.line == 20)
    let another =
      "\n  - {name: more, starts: 3, database: DATABASE, stale_after_rollback: [{table: totals, key: [id], "
      + "position: position, source: {table: orders, key: [customer], position: id}, requeue: {update: fill}}]}"
    let between = try failure(Self.example + another.replacing("DATABASE", with: "main"))
    #expect(between.message == "a second rule for 'totals'; the first is of 'totals'")
    #expect(between.position?.line == 20)
    // What is common lives beside it.
    let beside = try failure(Self.example + another.replacing("DATABASE", with: "common"))
    #expect(beside.message == between.message)
    // Another database's table is another one.
    #expect(
      try read(Self.example + another.replacing("DATABASE", with: "state")).gradualMigrations.count == 2)
  }

  /// SQLite's triggers of both would have one name.
  @Test func refusesGuardsOfMigrationsThatDifferInCaseAlone() throws {
    let another =
      "\n  - {name: Totals, starts: 3, stale_after_rollback: [{table: more, key: [id], position: position, "
      + "source: {table: orders, key: [customer], position: id}, requeue: {update: fill}GUARDS}]}"
    let error = try failure(
      Self.example + another.replacing("GUARDS", with: ", guards: [{on: orders, key: [customer]}]"))
    #expect(error.message.contains("'totals' and 'Totals' have guards and one name"), "\(error)")
    #expect(error.position?.line == 20)
    // Without guards there are no triggers.
    #expect(try read(Self.example + another.replacing("GUARDS", with: "")).gradualMigrations.count == 2)
  }

  @Test func actsAsAnOlderVersion() throws {
    let ledger = try read(Self.example)
    let older = try ledger.acting(as: 2)
    #expect(older.version == 2)
    #expect(older.compatVersion == 1)
    #expect(older.gradualMigrations.map(\.name) == ["totals"])
    #expect(throws: GradusError.self) { try ledger.acting(as: 9) }
  }
}
