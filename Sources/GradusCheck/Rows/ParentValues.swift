import Gradus
import GradusCatalog
import GradusSQL

/// What a table's foreign keys may refer to: what the rows of other tables hold. That is not always what a row of the same
/// number would have, as where a check of the other table refuses that, or its type cuts it.
struct ParentValues {
  let connection: Connection
  let catalog: Catalog

  /// Of a longer list the rest is not tried.
  private static let most = 3

  /// A column of a foreign key, and what it refers to, as SQL.
  private struct Reference {
    let column: String
    let parent: String
    let other: String
  }

  /// Values for the columns of a row that belong to foreign keys; the greatest first, which are most likely of the same
  /// number: a column may be unique.
  ///
  /// - Throws: `SQLError`.
  func alternatives(for row: GeneratedRow) throws -> [RowAttempts.Alternatives] {
    try references(of: row.table).compactMap { reference -> RowAttempts.Alternatives? in
      let column = connection.engine.folded(reference.column)
      guard let index = row.columns.firstIndex(where: { connection.engine.folded($0) == column }) else {
        return nil
      }
      let values = try connection.query(
        """
        SELECT DISTINCT \(reference.other) FROM \(reference.parent) WHERE \(reference.other) IS NOT NULL
        ORDER BY 1 DESC LIMIT \(Self.most)
        """
      ).map { $0[0] }
      return values.isEmpty ? nil : RowAttempts.Alternatives(column: index, values: values)
    }
  }

  private func references(of table: String) throws -> [Reference] {
    switch connection.engine {
    case .sqlite:
      try connection.query(
        "SELECT \"from\", \"table\", \"to\", seq FROM pragma_foreign_key_list($1)", [.text(table)]
      ).compactMap { row -> Reference? in
        let (parent, place) = (try row.text(1), Int(try row.integer(3)))
        guard let other = row[2].text ?? primaryKeyColumn(place, of: parent) else { return nil }
        return Reference(
          column: try row.text(0), parent: SQLText.identifier(parent), other: SQLText.identifier(other))
      }
    case .postgres:
      // As text: a parameter that is one gets the type of its column.
      try connection.query(
        """
        SELECT a.attname::text, k.confrelid::regclass::text, quote_ident(b.attname) || '::text'
        FROM pg_constraint k CROSS JOIN unnest(k.conkey, k.confkey) AS n (own, other)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.own
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = n.other
        WHERE k.contype = 'f' AND k.conrelid = $1::regclass
        ORDER BY k.conname, a.attnum
        """, [.text(SQLText.identifier(table))]
      ).map { row -> Reference in
        Reference(column: try row.text(0), parent: try row.text(1), other: try row.text(2))
      }
    }
  }

  /// What a foreign key of SQLite's refers to that names no columns.
  private func primaryKeyColumn(_ place: Int, of table: String) -> String? {
    let key = catalog.tables.first { SQLiteName($0.key) == SQLiteName(table) }?.value.primaryKey ?? []
    return key.indices.contains(place) ? key[place] : nil
  }
}
