import GradusSQL

/// Opens connections whose unqualified names go to one schema of PostgreSQL.
struct SchemaDriver: ForwardingDriver {
  let base: any Driver
  let schema: String

  func open() throws -> any ConnectionBackend {
    let backend = try base.open()
    _ = try backend.run("SET search_path TO \(SQLText.identifier(schema))", []) { _ in }
    return backend
  }
}
