import GradusCatalog
import GradusSQL

/// Where the sequences of a new database are: without them, keys would be given out again that rows have.
struct SequenceStates {
  let connection: Connection

  /// What brings the sequences of these tables' columns, and the given ones, to where they are. Those that are at their
  /// beginning, or come there by the rows themselves, are left out.
  func statements(of tables: [String], and free: Set<String> = []) throws -> [String] {
    switch connection.engine {
    case .sqlite: try autoincremented(tables)
    case .postgres: try owned(tables) + free.sorted().compactMap { try state(of: $0) }
    }
  }

  /// AUTOINCREMENT remembers the greatest key, also of a row that is gone.
  private func autoincremented(_ tables: [String]) throws -> [String] {
    guard try connection.queryRow("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'") != nil else {
      return []
    }
    let tables = Set(tables)
    return try connection.query("SELECT name, seq FROM sqlite_sequence ORDER BY name").flatMap { row in
      let (name, number) = (try row.text(0), try row.integer(1))
      guard tables.contains(name) else { return [] as [String] }
      let greatest = try connection.queryRow("SELECT max(rowid) FROM \(SQLText.identifier(name))")?[0].integer
      guard greatest != number else { return [] }
      let literal = SQLText.literal(name)
      return [
        "DELETE FROM sqlite_sequence WHERE name = \(literal)",
        "INSERT INTO sqlite_sequence (name, seq) VALUES (\(literal), \(number))",
      ]
    }
  }

  /// Those that belong to columns.
  private func owned(_ tables: [String]) throws -> [String] {
    try OwnedSequence.all(of: tables, on: connection).compactMap { sequence in
      let table = SQLText.literal(SQLText.identifier(sequence.table))
      let reference =
        sequence.isIdentity ? "pg_get_serial_sequence(\(table), \(SQLText.literal(sequence.column)))" : nil
      return try state(of: sequence.name, named: reference)
    }
  }

  private func state(of sequence: String, named reference: String? = nil) throws -> String? {
    let name = SQLText.identifier(sequence)
    let row = try connection.queryRow(
      """
      SELECT s.last_value, s.is_called, p.seqstart FROM \(name) s, pg_sequence p
      WHERE p.seqrelid = \(SQLText.literal(name))::regclass
      """)
    guard let row else { return nil }
    let (value, isCalled) = (try row.integer(0), try row.boolean(1))
    guard try isCalled || value != row.integer(2) else { return nil }
    return "SELECT setval(\(reference ?? SQLText.literal(name)), \(value), \(isCalled))"
  }
}
