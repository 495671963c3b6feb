import Foundation
import Gradus
import GradusSQL
import GradusSQLite
import GradusUpdates

// What an application does at its start, and beside its service: it migrates, and runs what is queued.
let root = URL(filePath: CommandLine.arguments[1])
let schema = try SchemaDefinition(root: root)
let updates = UpdateRegistry(declarations: schema.tree.declarations.values)
let database = PhysicalDatabase(driver: SQLiteDriver(path: root.appending(path: "shop.db").path))
let session = try await Session.open(database.driver)
try await DatabaseMigrator(
  schema: schema, database: database, completer: ForegroundRunner(registry: updates)
).migrate(on: session)
_ = try await UpdateRunner(session: session, database: database, registry: updates).run()

let totals = try await session.run { connection in
  try connection.query("SELECT customer, amount FROM totals ORDER BY customer").map {
    "\(try $0.text(0)) \(try $0.integer(1))"
  }
}
print(totals.joined(separator: "\n"))
