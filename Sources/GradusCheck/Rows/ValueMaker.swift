import GradusCatalog
import GradusSQL

/// Makes values for the columns of a schema.
struct ValueMaker {
  let engine: Engine
  let enumerations: [String: [String]]

  /// Nil where the type is unknown.
  func kind(of column: CatalogColumn) -> ValueKind? {
    switch engine {
    case .sqlite: ValueKind(sqlite: column.type)
    case .postgres: ValueKind(postgres: column.type, enumerations: enumerations)
    }
  }
}
