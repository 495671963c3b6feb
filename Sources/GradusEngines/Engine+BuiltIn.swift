package import GradusSQL

extension Engine {
  /// Whether databases of the engine can be opened: PostgreSQL's only with the package trait of its name.
  package var isBuiltIn: Bool {
    switch self {
    case .sqlite: return true
    case .postgres:
      #if PostgreSQL
        return true
      #else
        return false
      #endif
    }
  }
}
