import Gradus
import GradusSQL
import GradusCatalog

/// What came of a query on one schema.
struct QueryTrial: Sendable, Hashable {
  /// What the engine says of it; nil where it refuses it.
  var description: StatementDescription?
  /// Why the engine refuses it; nil where it does not.
  var refusal: Failure?
  /// What came of each probe, by its label.
  var outcomes: [String: Outcome] = [:]
  /// Whether it inserts constants, so that what it writes does not depend on the rows that are there.
  var insertsConstants = false
  /// Whether it may write nothing, as its text says so.
  var mayWriteNothing = false
  /// Whether a table that it writes has no rows, so that it has none to change.
  var findsNoRows = false

  struct Failure: Sendable, Hashable {
    var code: SQLError.Code
    var message: String
  }

  enum Outcome: Sendable, Hashable {
    case works(Effect)
    case fails(Failure)
    /// It was broken off.
    case doesNotEnd
  }

  /// What a query does.
  struct Effect: Sendable, Hashable {
    /// The columns of the result that held NULL in some row.
    var nulls: Set<String> = []
    /// Those that held something else in some row.
    var values: Set<String> = []
    /// How many rows were written; on SQLite also by triggers.
    var written = 0
  }

  /// Prepares the query and runs every probe; all is undone.
  ///
  /// - Parameter limit: how long a statement of a probe may take.
  /// - Throws: `SQLError` where the database itself fails.
  static func run(
    _ query: ApplicationQuery, _ probes: [QueryProbe], limit: Duration, on connection: Connection
  ) throws -> QueryTrial {
    var trial = QueryTrial()
    let text = CanonicalSQL.text(query.sql)
    trial.insertsConstants =
      text.contains(#/^(insert|replace)\b.*\bvalues\b/#) && !text.contains(#/\bselect\b/#)
    trial.mayWriteNothing = text.contains(#/\bdo nothing\b|\bor ignore\b|\bnot exists\b/#)
    do {
      trial.description = try Savepoint.runUndone(on: connection) { try connection.describe(query.sql) }
    } catch let error as SQLError {
      trial.refusal = try Failure(error)
      return trial
    }
    let kind = Kind(query, returnsRows: trial.description?.columns.isEmpty == false)
    try connection.withStatements(limitedTo: limit) {
      for probe in probes {
        do {
          trial.outcomes[probe.label] = .works(
            try Savepoint.runUndone(on: connection) {
              try run(probe, query.sql, kind, connection)
            })
        } catch let error as SQLError where error.code == .statementTimeout {
          trial.outcomes[probe.label] = .doesNotEnd
        } catch let error as SQLError {
          trial.outcomes[probe.label] = .fails(try Failure(error))
        }
      }
    }
    return trial
  }

  /// What a query is, found out once: its probes are many.
  private struct Kind {
    let returnsRows: Bool
    let writes: Bool
    let returnsWritten: Bool

    init(_ query: ApplicationQuery, returnsRows: Bool) {
      self.returnsRows = returnsRows
      writes = query.writes
      returnsWritten = query.sql.contains(#/(?i)\breturning\b/#)
    }
  }

  private static func run(
    _ probe: QueryProbe, _ sql: String, _ kind: Kind, _ connection: Connection
  ) throws -> Effect {
    var effect = Effect()
    let before = kind.writes ? try writtenSoFar(connection) : nil
    for parameters in probe.executions {
      guard kind.returnsRows else {
        effect.written += try connection.execute(sql, parameters)
        continue
      }
      try connection.forEachRow(sql, parameters) { row in
        for (name, value) in zip(row.columns.names, row.values) {
          if value.isNull { effect.nulls.insert(name) } else { effect.values.insert(name) }
        }
        if kind.returnsWritten { effect.written += 1 }
      }
    }
    guard kind.writes else {
      effect.written = 0
      return effect
    }
    // A write to a view counts none there: its triggers write.
    if let before, let after = try writtenSoFar(connection) { effect.written = after - before }
    return effect
  }

  /// How many rows the connection has written so far; nil on PostgreSQL, which does not tell.
  private static func writtenSoFar(_ connection: Connection) throws -> Int? {
    guard connection.engine == .sqlite else { return nil }
    return try connection.queryRow("SELECT total_changes()")?[0].integer.map { Int($0) }
  }
}

extension QueryTrial.Failure {
  init(_ error: SQLError) throws {
    switch error.code {
    case .connectionLost, .cancelled, .diskFull, .corrupt: throw error
    default: self.init(code: error.code, message: error.message)
    }
  }
}
