import GradusSQL

/// A part of a transaction that may fail by itself.
enum Savepoint {
  /// Runs `body`; what it did is undone where it throws.
  static func run<R>(on connection: Connection, _ body: () throws -> R) throws -> R {
    try connection.execute("SAVEPOINT gradus_trial")
    do {
      let result = try body()
      try connection.execute("RELEASE SAVEPOINT gradus_trial")
      return result
    } catch {
      // SQLite may have undone the whole transaction, as by RAISE(ROLLBACK).
      if connection.isInTransaction { try undo(on: connection) }
      throw error
    }
  }

  /// Runs `body`; what it did is undone in any case. Where SQLite undoes the whole transaction, as by RAISE(ROLLBACK), what
  /// comes next goes on in another one.
  static func runUndone<R>(on connection: Connection, _ body: () throws -> R) throws -> R {
    try connection.execute("SAVEPOINT gradus_trial")
    let result = Result { try body() }
    if connection.isInTransaction {
      try undo(on: connection)
    } else {
      connection.restore("BEGIN IMMEDIATE")
    }
    return try result.get()
  }

  private static func undo(on connection: Connection) throws {
    do {
      try connection.execute("ROLLBACK TO SAVEPOINT gradus_trial")
    } catch let error as SQLError where error.code == .statementTimeout {
      // A limit that was set behind the savepoint holds until it is undone.
      try connection.execute("ROLLBACK TO SAVEPOINT gradus_trial")
    }
    try connection.execute("RELEASE SAVEPOINT gradus_trial")
  }
}
