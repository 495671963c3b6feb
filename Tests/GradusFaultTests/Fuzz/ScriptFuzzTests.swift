internal import CGradusSQLite
import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus
@testable import GradusPostgres
@testable import GradusSQLite

/// Our reading of SQL beside the engines' own.
@Suite struct ScriptFuzzTests {
  /// A script by a seed, sometimes with a statement that fails at its end.
  private struct Trial {
    let script: String
    let statements: ScriptGenerator.Statements

    init(_ engine: Engine, _ generator: inout SeededGenerator) {
      let maker = ScriptGenerator(engine: engine)
      var statements = maker.statements(&generator)
      if Int.random(in: 0..<4, using: &generator) == 0 {
        let wrong =
          [["SELECT", "nothing", "FROM", "nowhere"], ["SELEC", "1"]].randomElement(using: &generator) ?? []
        statements.insert(wrong, at: Int.random(in: 0...statements.count, using: &generator))
      }
      self.statements = statements
      script = maker.script(statements, &generator)
    }
  }

  /// What is left of a script that was run: its failure, and all rows and definitions.
  private struct Outcome: Equatable {
    var failure: String?
    var rows: [String]
  }

  // MARK: SQLite

  private func sqlite(_ body: (OpaquePointer) -> String?) throws -> Outcome {
    var handle: OpaquePointer?
    guard sqlite3_open(":memory:", &handle) == SQLITE_OK, let handle else { throw FuzzFailure("no database") }
    defer { sqlite3_close(handle) }
    sqlite3_exec(handle, ScriptGenerator.setUp, nil, nil, nil)
    let failure = body(handle)
    var rows: [String] = []
    for query in [
      "SELECT name, sql FROM sqlite_master ORDER BY 1", "SELECT id, a FROM t", "SELECT a, 1 FROM log",
    ] {
      var statement: OpaquePointer?
      sqlite3_prepare_v2(handle, query, -1, &statement, nil)
      while sqlite3_step(statement) == SQLITE_ROW {
        rows.append(
          (0..<2).map { sqlite3_column_text(statement, $0).map { String(cString: $0) } ?? "-" }.joined(
            separator: "|"))
      }
      sqlite3_finalize(statement)
    }
    return Outcome(failure: failure, rows: rows)
  }

  /// Run by us, by `sqlite3_exec`, and statement by statement as `check` divides it.
  @Test func sqliteScripts() async {
    await Fuzzing("sqlite-scripts", runs: 300).run(
      make: { Trial(.sqlite, &$0).script },
      judge: { script in
        let whole = try sqlite { handle in
          sqlite3_exec(handle, script, nil, nil, nil) == SQLITE_OK
            ? nil : String(cString: sqlite3_errmsg(handle))
        }
        let ours = try sqlite { handle in
          do {
            try SQLiteScript(script).run(on: handle, Authorizer(), StatementClock(), readsOnly: false)
            return nil
          } catch let error as ScriptError { return error.error.message } catch { return "\(error)" }
        }
        guard whole == ours else { return "sqlite3_exec leaves \(whole), we \(ours)" }
        let bytes = Array(script.utf8)
        let divided = try sqlite { handle in
          var offset = 0
          while offset < bytes.count {
            let end = SQLiteText.endOfStatement(bytes, from: SQLiteText.firstToken(bytes, from: offset))
            let statement = String(decoding: bytes[offset..<end], as: UTF8.self)
            if sqlite3_exec(handle, statement, nil, nil, nil) != SQLITE_OK {
              return String(cString: sqlite3_errmsg(handle))
            }
            offset = end
          }
          return nil
        }
        return whole == divided ? nil : "sqlite3_exec leaves \(whole), the divided script \(divided)"
      })
  }

  // MARK: PostgreSQL

  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func postgresScripts() async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      let session = try await database.open()
      await Fuzzing("postgres-scripts", runs: 120).run(
        make: { Trial(.postgres, &$0).script },
        judge: { script in
          // The server divides a script that runs in a transaction; outside of one we do.
          let whole = try await outcome(session) { connection in
            try connection.transaction { try $0.executeScript(script) }
          }
          let divided = try await outcome(session) { try $0.executeScript(script) }
          // Without a transaction what came before a failure stays, so that only the failures can be compared.
          guard whole.failure == divided.failure else {
            return
              "the server fails with \(whole.failure ?? "nothing"), the divided script with \(divided.failure ?? "nothing")"
          }
          guard whole.failure != nil || whole.rows == divided.rows else {
            return "the server leaves \(whole.rows), the divided script \(divided.rows)"
          }
          return nil
        })
    }
  }

  private func outcome(_ session: Session, _ body: @Sendable (Connection) throws -> Void) async throws
    -> Outcome
  {
    try await session.run { connection in
      try connection.execute("DROP SCHEMA IF EXISTS public CASCADE")
      try connection.execute("CREATE SCHEMA public")
      try connection.executeScript(ScriptGenerator.setUp)
      var failure: String?
      do { try body(connection) } catch let error as ScriptError {
        failure =
          "\(error.ordinal) at \(error.error.position.map { "\($0.line):\($0.column)" } ?? "?"): \(error.error.message)"
      }
      let rows = try connection.query(
        """
        SELECT id::text || '|' || a FROM t UNION ALL SELECT a FROM log
        UNION ALL SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = 't'::regclass
        ORDER BY 1
        """
      ).map { $0[0].text ?? "-" }
      return Outcome(failure: failure, rows: rows)
    }
  }

  // MARK: Checksums

  /// Other gaps are the same script; another token is another.
  @Test(arguments: Engine.allCases)
  func checksums(engine: Engine) async {
    await Fuzzing("checksum-\(engine)", runs: 600).run(
      make: { "\($0.next())" },
      judge: { seed in
        guard let seed = UInt64(seed) else { return nil }
        var generator = SeededGenerator(seed: seed)
        let maker = ScriptGenerator(engine: engine)
        var statements = maker.statements(&generator)
        // Of comments within comments every byte counts, as only one engine knows them.
        let one = maker.script(statements, &generator, nestsComments: false)
        let other = maker.script(statements, &generator, nestsComments: false)
        guard Checksum.of(one) == Checksum.of(other) else {
          return "two checksums for\n\(one)\n--- and\n\(other)"
        }
        let nested = maker.script(statements, &generator)
        let index = statements.indices.randomElement(using: &generator) ?? 0
        let place = statements[index].indices.randomElement(using: &generator) ?? 0
        let token = statements[index][place]
        // Between the parts of a text that goes on behind a line's end a blank says nothing.
        guard !token.contains(/'\s*\n\s*'/) else { return nil }
        // Within a token every byte counts, blanks too.
        var scalars = Array(token.unicodeScalars)
        scalars.insert(
          contentsOf: (token.count > 1 ? " " : "9").unicodeScalars,
          at: Int.random(in: 1...max(1, scalars.count - 1), using: &generator))
        statements[index][place] = scalars.map { String($0) }.joined()
        for (before, nests) in [(one, false), (nested, true)] {
          var again = SeededGenerator(seed: seed &+ 1)
          let changed = maker.script(statements, &again, nestsComments: nests)
          guard Checksum.of(before) != Checksum.of(changed) else {
            return "one checksum for\n\(before)\n--- and\n\(changed)"
          }
        }
        return nil
      })
  }

  @Test(arguments: [
    (#"SELECT E'it\'s -- a'"#, #"SELECT E'it\'s -- b'"#), (#"SELECT E'a\\' '  b'"#, #"SELECT E'a\\' ' b'"#),
    ("DO $x1$ a  b $x1$", "DO $x1$ a b $x1$"), ("SELECT a$b$ , '  ' , c$b$", "SELECT a$b$ , ' ' , c$b$"),
    ("/* /* */ it's */ SELECT 'a  b'", "/* /* */ it's */ SELECT 'a b'"), ("SELECT `a  b`", "SELECT `a b`"),
    ("SELECT 1 -- a\rWHERE 1", "SELECT 1 -- a\rWHERE 2"),
  ])
  func checksumsOfWhatWasTakenForTheSame(pair: (String, String)) {
    #expect(Checksum.of(pair.0) != Checksum.of(pair.1))
  }

  /// Readers of tokens get any text, and neither crash nor lose their place.
  @Test func anyText() async {
    let mutation = Mutation(words: [
      "'", "\"", "$$", "$a$", "/*", "*/", "--", ";", "E'", "\\", "BEGIN ATOMIC", "END", "(", ")",
      "INSERT INTO background_updates VALUES ('", "[", "`", "\r", "1e", ".5",
    ])
    let corpus = Corpus.texts(under: ["schema", "delta"], endingWith: [".sql", ".postgres", ".sqlite"]).map {
      String($0.prefix(1_500))
    }
    #expect(!corpus.isEmpty)
    await Fuzzing("sql", runs: 600).run(
      make: { mutation.apply(to: corpus.randomElement(using: &$0) ?? "", &$0) },
      judge: { text in
        let bytes = Array(text.utf8)
        var end = 0
        for token in SQLiteToken.all(in: bytes) {
          guard token.range.lowerBound >= end, !token.range.isEmpty else {
            return "tokens overlap at \(token.range)"
          }
          end = token.range.upperBound
        }
        guard end <= bytes.count else { return "a token ends beyond the text" }
        end = 0
        for statement in ScriptScanner.statements(of: text) {
          guard statement.range.lowerBound >= end, !statement.range.isEmpty else {
            return "statements overlap at \(statement.range)"
          }
          end = statement.range.upperBound
        }
        guard end <= bytes.count else { return "a statement ends beyond the text" }
        for insert in QueueInsertScanner(text).scan() where insert.position.line < 1 {
          return "an insert is nowhere"
        }
        let canonical = CanonicalSQL.text(text)
        if CanonicalSQL.text(canonical) != canonical { return "the canonical text has another: \(canonical)" }
        _ = Checksum.of(text)
        return nil
      })
  }
}
