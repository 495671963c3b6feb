import Gradus
import GradusCatalog
import GradusSQL

/// Writes a SQLite schema as `sqlite_master` has it, in an order in which it can be run.
struct SQLiteDump {
  let connection: Connection
  let others: Catalog

  func parts() throws -> SchemaDump.Parts {
    let catalog = try CatalogReader.read(connection)
    let names = Set(catalog.tables.keys).subtracting(others.tables.keys).subtracting(Bookkeeping.names)
    try refuseRows(of: names.filter { catalog.tables[$0]?.isVirtual ?? false })
    let seeds = try SeedRows(connection: connection).statements(of: names.sorted())
    // Rows may refer to such that come later, even of their own table.
    let refers = names.contains {
      catalog.tables[$0]?.constraints.contains { $0.kind == .foreignKey } ?? false
    }
    let deferral = refers && !seeds.isEmpty ? ["PRAGMA defer_foreign_keys = ON"] : []
    return SchemaDump.Parts(
      tables: try statements(["table"], of: names) + deferral,
      rows: seeds + (try SequenceStates(connection: connection).statements(of: names.sorted())),
      // A view or trigger may name any table; no trigger is to run for the rows.
      rest: try statements(
        ["index", "view", "trigger"], of: names.union(catalog.views.keys).subtracting(others.views.keys)))
  }

  /// How a module keeps its rows is its own affair, and so is what would have to be inserted to have them again.
  private func refuseRows(of virtual: Set<String>) throws {
    let filled = try virtual.sorted().filter { name in
      try connection.queryRow("SELECT 1 FROM \(SQLText.identifier(name)) LIMIT 1") != nil
    }
    try SchemaDump.refuse(filled.map { "the rows of the virtual table \($0)" })
  }

  /// - Parameter owners: the tables and views that are dumped.
  private func statements(_ types: [String], of owners: Set<String>) throws -> [String] {
    // A trigger names its table as it was written, in whatever letter case.
    let owners = Set(owners.map { SQLiteName($0) })
    return try types.flatMap { type in
      try connection.query(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = $1 AND sql IS NOT NULL ORDER BY tbl_name, name",
        [.text(type)]
      ).filter { row in
        let (name, owner) = (try row.text(0), SQLiteName(try row.text(1)))
        return owners.contains(owner) && !(type == "trigger" && OwnNames.isTrigger(name))
      }.map { Self.closed(try $0.text(2)) }
    }
  }

  /// Where SQLite has kept a comment at a statement's end, the semicolon must not come to be in it.
  private static func closed(_ sql: String) -> String {
    sql.sourceLines.last.map { $0.utf8.contains("--".utf8) } ?? false ? sql + "\n" : sql
  }
}
