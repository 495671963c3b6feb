import Gradus
import GradusCatalog
import GradusSQL

/// Lets sequences go on after what the rows hold.
struct Sequences: Sendable {
  let declaration: PortDeclaration
  /// The greatest numbers that SQLite's AUTOINCREMENT has given out, by table in lower case: rows that are gone count
  /// too.
  let given: [String: Int64]

  /// - Returns: warnings: of sequences that have no number left, and of those of which nothing is known, which begin at
  ///   their beginning.
  func set(_ connection: Connection) throws -> [String] {
    var warnings = try setOwned(connection)
    let free = try freeSequences(connection)
    for (name, source) in declaration.sequences.sorted(by: { $0.key < $1.key }) where free.contains(name) {
      var used: Int64 = 0
      for column in source.columns {
        guard try isThere(column, connection) else { continue }
        let isLowest = if case .lowestOf = source { true } else { false }
        let value = try connection.queryRow(
          """
          SELECT \(isLowest ? "min" : "max")(\(SQLText.identifier(column.name)))::bigint
          FROM \(SQLText.identifier(column.table))
          """)?[0].integer
        // The lowest number of all has no opposite.
        if let value { used = max(used, isLowest ? -max(value, -Int64.max) : value) }
      }
      if let last = try setUsed(used, name, connection) {
        warnings.append(
          "the sequence \(name) ends at \(last), and the source has come to \(used): it has no number left")
      }
    }
    let unknown = free.subtracting(declaration.sequences.keys).sorted()
    return warnings
      + unknown.map {
        "the sequence \($0) belongs to no column and begins at its beginning: see 'port: sequences' of the ledger"
      }
  }

  /// Those of identity columns and of columns whose default asks for a number.
  ///
  /// - Returns: warnings.
  private func setOwned(_ connection: Connection) throws -> [String] {
    var warnings: [String] = []
    for owned in try OwnedSequence.all(on: connection) {
      let greatest = try connection.queryRow(
        "SELECT max(\(SQLText.identifier(owned.column)))::bigint FROM \(SQLText.identifier(owned.table))")?[0]
        .integer
      let used = max(greatest ?? 0, given[owned.table.lowercased()] ?? 0, 0)
      guard let last = try setUsed(used, owned.name, connection) else { continue }
      warnings.append(
        "\(owned.table).\(owned.column) has no number left: the source has come to \(used), and its sequence \(owned.name) ends at \(last); rows that ask for one are refused until a delta makes the column and the sequence larger"
      )
    }
    return warnings
  }

  /// Lets a sequence go on after a number, or be at its end.
  ///
  /// - Returns: its last number where that is used up; nil where there are more.
  private func setUsed(_ used: Int64, _ sequence: String, _ connection: Connection) throws -> Int64? {
    try connection.queryRow(
      """
      SELECT CASE WHEN n.is_used_up THEN n.seqmax END, setval(n.seqrelid::regclass, n.next, n.is_used_up)
      FROM (
        SELECT s.seqrelid, s.seqmax, s.seqincrement > 0 AND $2::bigint >= s.seqmax AS is_used_up,
          greatest(least($2::bigint::numeric + 1, s.seqmax), s.seqmin)::bigint AS next
        FROM pg_sequence s WHERE s.seqrelid = $1::text::regclass
      ) n
      """, [.text(SQLText.identifier(sequence)), .integer(used)])?[0].integer
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
