import Gradus
import GradusSQL
import GradusUpdates

/// A declared backfill that writes each row of a table.
enum PlainBackfill: FloorWork {
  static let name = "declared backfill"
  static let source = FloorSource.items
  static let registry = UpdateRegistry(declarations: [
    UpdateDeclaration(
      name: "fill_items",
      kind: .backfill(
        .init(
          table: "items", key: ["id"], condition: nil, sql: .init("UPDATE items SET \(work) WHERE {range}"))))
  ])
  static let queue: [(name: String, dependsOn: String?)] = [("fill_items", nil)]

  private static let work = "state = 1, result = id + length(payload), touched = touched + 1"

  static func statements(_ engine: Engine) -> [String] { ["UPDATE items SET \(work)"] }

  static func check(rows: Int, _ session: Session) async throws {
    try await Items.check(result: "id + length(payload)", written: rows, on: session)
  }
}
