import GradusSQL

/// What came of a query on one schema.
struct QueryTrial: Sendable, Hashable {
  /// What the engine says of it; nil where it refuses it.
  var description: StatementDescription?
  /// Why the engine refuses it; nil where it does not.
  var refusal: Failure?
  /// What came of each probe, by its label.
  var outcomes: [String: Outcome] = [:]
  /// Whether a table that it writes has no rows, so that it has none to change.
  var findsNoRows = false
  /// The tables whose rows may go along with those that it writes, and that were looked at.
  var watched: Set<String> = []

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
    /// The tables of which rows went or changed along with those.
    var followed: Set<String> = []
  }

  /// Prepares the query and runs every probe; all is undone.
  ///
  /// - Parameters:
  ///   - sql: the query.
  ///   - kind: what its text says of it.
  ///   - probes: how to try it.
  ///   - following: what may go along with what it writes.
  ///   - limit: how long a statement of a probe may take.
  ///   - connection: a connection to a scratch database.
  /// - Throws: `SQLError` where the database itself fails.
  static func run(
    _ sql: String, _ kind: QueryKind, _ probes: [QueryProbe], following: [FollowingRows], limit: Duration,
    on connection: Connection
  ) throws -> QueryTrial {
    var trial = QueryTrial()
    trial.watched = Set(following.map(\.table))
    do {
      trial.description = try Savepoint.runUndone(on: connection) { try connection.describe(sql) }
    } catch let error as SQLError {
      trial.refusal = try Failure(error)
      return trial
    }
    let returnsRows = trial.description?.columns.isEmpty == false
    for probe in probes {
      do {
        trial.outcomes[probe.label] = .works(
          try Savepoint.runUndone(on: connection) {
            let before = try following.map { try $0.read(connection) }
            // Within the savepoint: where setting up the trial took too long, it would be the query's fault.
            var effect = try connection.withStatements(limitedTo: limit) {
              try run(probe, sql, kind, returnsRows: returnsRows, connection)
            }
            for (rows, old) in zip(following, before) where try rows.read(connection) != old {
              effect.followed.insert(rows.table)
            }
            return effect
          })
      } catch let error as SQLError where error.code == .statementTimeout {
        trial.outcomes[probe.label] = .doesNotEnd
      } catch let error as SQLError {
        trial.outcomes[probe.label] = .fails(try Failure(error))
      }
    }
    return trial
  }

  private static func run(
    _ probe: QueryProbe, _ sql: String, _ kind: QueryKind, returnsRows: Bool, _ connection: Connection
  ) throws -> Effect {
    var effect = Effect()
    let before = kind.writes ? try writtenSoFar(connection) : nil
    for parameters in probe.executions {
      guard returnsRows else {
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
