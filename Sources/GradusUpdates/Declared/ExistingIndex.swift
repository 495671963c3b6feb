import Gradus
import GradusSQL

/// The index that has a declared index's name.
struct ExistingIndex {
  /// The table that it is on, as the database writes it.
  let table: String
  /// Whether that is the declared one.
  let isOnTable: Bool
  let isUnique: Bool
  /// False for what a concurrent build that failed or was killed leaves on PostgreSQL.
  let isValid: Bool

  private init(_ row: Row) throws {
    table = try row.text(0)
    isOnTable = try row.boolean(1)
    isUnique = try row.boolean(2)
    isValid = try row.boolean(3)
  }

  /// The index of the name; nil where there is none.
  static func read(_ index: UpdateDeclaration.Index, on connection: Connection) throws -> ExistingIndex? {
    let row =
      switch connection.engine {
      case .sqlite:
        try connection.queryRow(
          """
          SELECT i.tbl_name, i.tbl_name = $2 COLLATE NOCASE, l."unique", 1
          FROM sqlite_master AS i JOIN pragma_index_list(i.tbl_name) AS l ON l.name = i.name
          WHERE i.type = 'index' AND i.name = $1 COLLATE NOCASE
          """, [.text(index.name), .text(index.table)])
      case .postgres:
        try connection.queryRow(
          // In the table's schema, where it would be made: another one may have an index of the name, too.
          """
          SELECT i.indrelid::regclass::text, i.indrelid = t.oid, i.indisunique, i.indisvalid
          FROM pg_class t JOIN pg_class x ON x.relnamespace = t.relnamespace JOIN pg_index i ON i.indexrelid = x.oid
          WHERE t.oid = to_regclass($2) AND x.relname = $1
          """, [.text(index.name), .text(SQLText.identifier(index.table))])
      }
    return try row.map { try ExistingIndex($0) }
  }

  /// Refuses an index of another table, or one that is unique where the declared one is not or the other way round.
  ///
  /// - Parameter update: the update's name.
  /// - Throws: `UpdateFailure.otherIndex`.
  func check(_ index: UpdateDeclaration.Index, update: String) throws {
    guard isOnTable else {
      throw UpdateFailure.otherIndex(
        update: update, index: index.name, reason: "is on '\(table)', not on '\(index.table)'")
    }
    // An invalid one is built anew as it is declared.
    guard !isValid || isUnique == index.isUnique else {
      throw UpdateFailure.otherIndex(
        update: update, index: index.name,
        reason: index.isUnique ? "is not unique" : "is unique, which is not declared")
    }
  }
}
