internal import CGradusLibpq
import GradusSQL

extension PostgresConnection {
  func runScript(_ sql: String) throws {
    let script = try preparedScript(sql)
    guard isInTransaction else { return try runSeparately(script) }
    var completed = 0
    var failure: ScriptError?
    // Whatever comes of it, earlier statements may have changed tables.
    defer { forgetStatements() }
    do {
      try exchangeAll({ PQsendQuery(handle, sql) }) { answer in
        if let error = answer.failure {
          let offset = answer.value.errorField(.position).flatMap { Int($0) }.map { $0 - 1 }
          failure = failure ?? script.failure(error, completed: completed, scalarOffset: offset)
        } else if answer.value.status != PGRES_EMPTY_QUERY {
          completed += 1
        }
      }
    } catch let error as SQLError {
      throw failure ?? script.failure(error, completed: completed, scalarOffset: nil)
    }
    if let failure { throw failure }
    if !isInTransaction {
      throw script.failure(Self.transactionControlError, completed: completed, scalarOffset: nil)
    }
  }

  /// Outside a transaction each statement is one of its own: the server would make one of a whole query string, in which
  /// CREATE INDEX CONCURRENTLY and the like are refused.
  private func runSeparately(_ script: PostgresScript) throws {
    defer { forgetStatements() }
    for ordinal in script.ordinals {
      var failure: ScriptError?
      do {
        try exchangeAll({ PQsendQuery(handle, script.statement(ordinal)) }) { answer in
          guard let error = answer.failure else { return }
          let offset = answer.value.errorField(.position).flatMap { Int($0) }.map { $0 - 1 }
          failure = failure ?? script.failure(error, ordinal: ordinal, offsetInStatement: offset)
        }
      } catch let error as SQLError {
        throw failure ?? script.failure(error, ordinal: ordinal)
      }
      if let failure { throw failure }
    }
  }

  /// The server parses all of a query string before it runs the first statement of it: behind one that always fails,
  /// a script is parsed and not run.
  func checkScript(_ sql: String) throws {
    let script = try preparedScript(sql)
    guard let (error, offset) = try parse(sql) else { return }
    throw script.failure(error, completed: 0, scalarOffset: offset)
  }

  func accepts(_ scripts: [String]) throws -> Bool {
    var joined = ""
    do {
      for sql in scripts {
        // What a script leaves open would hide the beginning of the next.
        guard try preparedScript(sql).isClosed else {
          try checkScript(sql)
          continue
        }
        joined += sql + "\n;\n"
        guard joined.utf8.count > Self.checkedAtOnce else { continue }
        guard try parse(joined) == nil else { return false }
        joined = ""
      }
    } catch is ScriptError {
      return false
    }
    return try joined.isEmpty || parse(joined) == nil
  }

  /// Bytes of SQL: the server holds the parse tree of all of it, which takes some hundred times as much.
  private static let checkedAtOnce = 1 << 17

  /// Lets the server parse a script.
  ///
  /// - Returns: its error, and how many scalars of the script come before the place of it; nil where there is none.
  private func parse(_ sql: String) throws -> (error: SQLError, scalarOffset: Int?)? {
    let failing = "SELECT 1/0;\n"
    var found: (SQLError, Int?)?
    try exchangeAll({ PQsendQuery(handle, failing + sql) }) { answer in
      guard found == nil, let error = answer.failure, error.sqlState != "22012" else { return }
      let offset = answer.value.errorField(.position).flatMap { Int($0) }
      found = (error, offset.map { max(0, $0 - 1 - failing.unicodeScalars.count) })
    }
    return found
  }

  /// Takes a script apart, and refuses what no script may hold.
  private func preparedScript(_ sql: String) throws -> PostgresScript {
    guard !sql.utf8.contains(0) else {
      throw ScriptError(error: SQLError(.syntax, "the script holds the character U+0000"), ordinal: 1)
    }
    let hasEscapes =
      PQparameterStatus(handle, "standard_conforming_strings").map { String(cString: $0) } == "off"
    let script = PostgresScript(sql, plainStringsHaveEscapes: hasEscapes)
    if let ordinal = script.firstTransactionControl {
      throw script.failure(Self.transactionControlError, ordinal: ordinal)
    }
    if let ordinal = script.ordinals.first(where: {
      SessionState.isChanged(by: script.words($0), script.statement($0))
    }),
      try !keepsServerProcess()
    {
      throw script.failure(Self.pooledSessionError, ordinal: ordinal)
    }
    return script
  }

  private static let pooledSessionError = SQLError(
    .forbiddenStatement,
    "through a connection pooler, what the statement leaves in the session would be another client's",
    hint: "give a direct address of the server; or use SET LOCAL, ON COMMIT DROP, or a transaction's lock")

  private static let transactionControlError = SQLError(
    .forbiddenStatement, "BEGIN, COMMIT, ROLLBACK, SAVEPOINT and the like are not allowed in a script",
    hint: "remove the statement: where a script runs in a transaction, Gradus begins and ends it")
}

/// A script and the bounds of its statements.
private struct PostgresScript {
  private let text: String
  private let bytes: [UInt8]
  private let statements: [ScriptStatement]
  /// Whether the script ends outside of all quotes, comments and parentheses.
  let isClosed: Bool

  init(_ text: String, plainStringsHaveEscapes: Bool) {
    self.text = text
    bytes = Array(text.utf8)
    var scanner = ScriptScanner(bytes, plainStringsHaveEscapes: plainStringsHaveEscapes)
    statements = scanner.scan()
    isClosed = scanner.isClosed
  }

  /// The ordinal of the first statement that would start or end a transaction.
  var firstTransactionControl: Int? { statements.firstIndex(where: \.isTransactionControl).map { $0 + 1 } }

  /// From 1.
  var ordinals: Range<Int> { 1..<statements.count + 1 }

  /// A statement by its ordinal, from 1.
  func statement(_ ordinal: Int) -> String {
    String(decoding: bytes[statements[ordinal - 1].range], as: UTF8.self)
  }

  /// A statement's first words by its ordinal, from 1.
  func words(_ ordinal: Int) -> [String] { statements[ordinal - 1].words }

  /// The error of a statement that was run by itself.
  func failure(_ error: SQLError, ordinal: Int, offsetInStatement: Int?) -> ScriptError {
    let before = String(decoding: bytes[..<statements[ordinal - 1].range.lowerBound], as: UTF8.self)
    return failure(
      error, ordinal: ordinal, scalarOffset: offsetInStatement.map { before.unicodeScalars.count + $0 })
  }

  /// The error of a statement whose ordinal is known.
  ///
  /// - Parameter scalarOffset: where in the script the error lies; nil means the start of the statement.
  func failure(_ error: SQLError, ordinal: Int, scalarOffset: Int? = nil) -> ScriptError {
    var error = error
    if let range = statements.indices.contains(ordinal - 1) ? statements[ordinal - 1].range : nil {
      error.statement = String(decoding: bytes[range], as: UTF8.self)
      error.position = SourcePosition(utf8Offset: range.lowerBound, in: text)
    }
    if let scalarOffset { error.position = SourcePosition(scalarOffset: scalarOffset, in: text) }
    return ScriptError(error: error, ordinal: ordinal)
  }

  /// The error of the statement after `completed` ones, or of the one in which the error's position is: the server
  /// parses the whole script before it runs the first statement.
  func failure(_ error: SQLError, completed: Int, scalarOffset: Int?) -> ScriptError {
    var ordinal = min(completed + 1, max(1, statements.count))
    if let scalarOffset {
      let offset = text.unicodeScalars.prefix(scalarOffset).reduce(0) { $0 + UTF8.width($1) }
      ordinal = (statements.lastIndex { $0.range.lowerBound <= offset } ?? 0) + 1
    }
    return failure(error, ordinal: ordinal, scalarOffset: scalarOffset)
  }
}
