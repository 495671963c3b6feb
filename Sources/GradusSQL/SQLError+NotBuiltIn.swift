extension SQLError {
  /// What needs PostgreSQL was asked for in a build whose package trait `PostgreSQL` is off.
  package static let builtWithoutPostgres = SQLError(
    .invalidConfiguration, "built without PostgreSQL: only SQLite databases can be opened",
    hint: "build with the package trait PostgreSQL, which is on by default")
}
