import Gradus
import GradusCatalog
import GradusSQL

/// Lets sequences go on after what the rows hold.
struct Sequences: Sendable {
  let declaration: PortDeclaration
  /// The greatest numbers that SQLite's AUTOINCREMENT has given out, by table in lower case: rows that are gone count
  /// too.
  let given: [String: Int64]

  /// - Returns: sequences of which nothing is known, which begin at their beginning.
  func set(_ connection: Connection) throws -> [String] {
    try setOwned(connection)
    let free = try freeSequences(connection)
    for (name, source) in declaration.sequences.sorted(by: { $0.key < $1.key }) where free.contains(name) {
      var next: Int64 = 1
      for column in source.columns {
        guard try isThere(column, connection) else { continue }
        let isLowest = if case .lowestOf = source { true } else { false }
        let value = try connection.queryRow(
          """
          SELECT \(isLowest ? "min" : "max")(\(SQLText.identifier(column.name)))::bigint
          FROM \(SQLText.identifier(column.table))
          """)?[0].integer
        // The lowest number of all has no opposite.
        if let value { next = max(next, Self.after(isLowest ? -max(value, -Int64.max) : value)) }
      }
      try setNext(name, next, connection)
    }
    return free.subtracting(declaration.sequences.keys).sorted()
  }

  /// Those of identity columns and of columns whose default asks for a number.
  private func setOwned(_ connection: Connection) throws {
    for owned in try OwnedSequence.all(on: connection) {
      let greatest = try connection.queryRow(
        "SELECT max(\(SQLText.identifier(owned.column)))::bigint FROM \(SQLText.identifier(owned.table))")?[0]
        .integer
      let used = max(greatest ?? 0, given[owned.table.lowercased()] ?? 0, 0)
      try setNext(owned.name, Self.after(used), connection)
    }
  }

  /// The next number; a sequence that has given out the last one gives it out again, and the table's key refuses it.
  private static func after(_ number: Int64) -> Int64 { number == .max ? number : number + 1 }

  private func setNext(_ sequence: String, _ next: Int64, _ connection: Connection) throws {
    _ = try connection.query(
      """
      SELECT setval($1::text::regclass, greatest($2::bigint, s.seqmin), false) FROM pg_sequence s
      WHERE s.seqrelid = $1::text::regclass
      """, [.text(SQLText.identifier(sequence)), .integer(next)])
  }

  private func freeSequences(_ connection: Connection) throws -> Set<String> {
    Set(
      try connection.query(
        """
        SELECT s.relname::text FROM pg_class s
        WHERE s.relkind = 'S' AND s.relnamespace = quote_ident(current_schema())::regnamespace AND NOT EXISTS (
          SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid
            AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0)
        """
      ).map { try $0.text(0) })
  }

  private func isThere(_ column: PortDeclaration.Column, _ connection: Connection) throws -> Bool {
    try connection.queryRow(
      """
      SELECT EXISTS (SELECT 1 FROM pg_attribute
        WHERE attrelid = to_regclass($1::text) AND attname = $2 AND NOT attisdropped)
      """, [.text(SQLText.identifier(column.table)), .text(column.name)])?.boolean(0) ?? false
  }
}
