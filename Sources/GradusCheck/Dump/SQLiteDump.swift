import Gradus
import GradusCatalog
import GradusSQL

/// Writes a SQLite schema as `sqlite_master` has it, in an order in which it can be run.
struct SQLiteDump {
  let connection: Connection
  let others: Catalog

  func statements() throws -> [String] {
    let names = Set(try CatalogReader.read(connection).tables.keys).subtracting(others.tables.keys)
      .subtracting(Bookkeeping.names)
    var statements: [String] = []
    // A view or trigger may name any table.
    for type in ["table", "index", "view", "trigger"] {
      let rows = try connection.query(
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = $1 AND sql IS NOT NULL ORDER BY tbl_name, name",
        [.text(type)])
      for row in rows {
        let isWanted =
          type == "view" ? others.views[try row.text(0)] == nil : try names.contains(row.text(1))
        if isWanted, !(try row.text(0).hasPrefix("gradus_")) { statements.append(try row.text(2)) }
      }
    }
    return statements + (try SeedRows(connection: connection).statements(of: names.sorted()))
  }
}
