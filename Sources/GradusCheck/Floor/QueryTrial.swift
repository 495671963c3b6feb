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

  struct Failure: Sendable, Hashable {
    var code: SQLError.Code
    var message: String
  }

  enum Outcome: Sendable, Hashable {
    /// The columns of the result that held NULL in some row.
    case works(nulls: Set<String>)
    case fails(Failure)
    /// It was broken off.
    case doesNotEnd
  }

  /// Prepares the query and runs every probe; all is undone.
  ///
  /// - Parameter limit: how long a statement of a probe may take.
  /// - Throws: `SQLError` where the database itself fails.
  static func run(
    _ query: ApplicationQuery, _ probes: [QueryProbe], limit: Duration, on connection: Connection
  ) throws -> QueryTrial {
    var trial = QueryTrial()
    do {
      trial.description = try Savepoint.runUndone(on: connection) { try connection.describe(query.sql) }
    } catch let error as SQLError {
      trial.refusal = try Failure(error)
      return trial
    }
    try connection.withStatements(limitedTo: limit) {
      for probe in probes {
        do {
          trial.outcomes[probe.label] = .works(
            nulls: try Savepoint.runUndone(on: connection) { try run(probe, query.sql, connection) })
        } catch let error as SQLError where error.code == .statementTimeout {
          trial.outcomes[probe.label] = .doesNotEnd
        } catch let error as SQLError {
          trial.outcomes[probe.label] = .fails(try Failure(error))
        }
      }
    }
    return trial
  }

  private static func run(_ probe: QueryProbe, _ sql: String, _ connection: Connection) throws -> Set<String>
  {
    var nulls: Set<String> = []
    for parameters in probe.executions {
      try connection.forEachRow(sql, parameters) { row in
        for (name, value) in zip(row.columns.names, row.values) where value.isNull { nulls.insert(name) }
      }
    }
    return nulls
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
