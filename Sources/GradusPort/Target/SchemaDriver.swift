import GradusSQL

/// Opens connections whose unqualified names go to one schema of PostgreSQL.
struct SchemaDriver: ForwardingDriver {
  let base: any Driver
  let schema: String
  /// Where names are looked up that the schema does not have.
  let others: [String]

  func open() throws -> any ConnectionBackend {
    let backend = try base.open()
    _ = try backend.run("SET search_path TO \(SQLText.identifiers([schema] + others))", []) { _ in }
    return backend
  }
}
