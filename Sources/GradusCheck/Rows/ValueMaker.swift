import GradusCatalog
import GradusSQL

/// Makes values for the columns of a schema.
struct ValueMaker {
  let engine: Engine
  let types: OwnTypes

  init(_ catalog: Catalog, on engine: Engine) {
    self.engine = engine
    types = OwnTypes(catalog)
  }

  /// Nil where the type is unknown.
  func kind(of column: CatalogColumn) -> ValueKind? {
    switch engine {
    case .sqlite: ValueKind(sqlite: column.type)
    case .postgres: ValueKind(postgres: column.type, types)
    }
  }

  /// Whether neither the column nor its domain forbids it.
  func mayBeNull(_ column: CatalogColumn) -> Bool {
    column.isNullable && !(types.domain(column.type)?.contains("\n  NOT NULL") ?? false)
  }
}
