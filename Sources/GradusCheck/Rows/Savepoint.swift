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
      try undo(on: connection)
      throw error
    }
  }

  /// Runs `body`; what it did is undone in any case.
  static func runUndone<R>(on connection: Connection, _ body: () throws -> R) throws -> R {
    try connection.execute("SAVEPOINT gradus_trial")
    let result = Result { try body() }
    try undo(on: connection)
    return try result.get()
  }

  private static func undo(on connection: Connection) throws {
    try connection.execute("ROLLBACK TO SAVEPOINT gradus_trial")
    try connection.execute("RELEASE SAVEPOINT gradus_trial")
  }
}
