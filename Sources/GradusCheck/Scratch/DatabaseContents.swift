import Gradus
import GradusCatalog
import GradusSQL

/// What a scratch database has: its schema, the rows that come with it, and where sequences are.
struct DatabaseContents: Sendable {
  let catalog: Catalog
  /// The statements that make the rows: what differs by its bytes is another one.
  let rows: Set<BytewiseText>

  init(of session: Session) async throws {
    (catalog, rows) = try await session.run { try TextSettings.with($0, Self.read) }
  }

  private static func read(_ connection: Connection) throws -> (Catalog, Set<BytewiseText>) {
    let catalog = try CatalogReader.read(connection)
    let tables = Set(catalog.tables.keys).subtracting(Bookkeeping.names).sorted()
    // In an order that is the same wherever a delta has put a column.
    let rows = try SeedRows(connection: connection, sortsColumns: true).statements(of: tables)
    let sequences = try SequenceStates(connection: connection).statements(of: tables, and: catalog.sequences)
    return (catalog, Set((rows + sequences).map(BytewiseText.init)))
  }

  /// What of the schema differs in another one. The order of columns does by nature, where deltas have added some; and
  /// what is empty satisfies all constraints.
  func changes(to other: DatabaseContents) -> [CatalogChange] {
    CatalogComparison.changes(from: catalog, to: other.catalog).filter { change in
      switch change {
      case .reorderColumns, .validateConstraint: false
      default: true
      }
    }
  }

  /// The first row that only one of the two has; nil where they are the same.
  func otherRow(in other: DatabaseContents) -> BytewiseText? {
    rows.symmetricDifference(other.rows).min { $0.text < $1.text }
  }
}
