/// What a flag says of an update.
enum UpdateField: String, CaseIterable {
  case table, key, columns, unique, `where`, index, replaces, constraint, check, references, deferrable, from,
    into,
    using, reverse, sync, sql
  case notNull = "not-null"
  case onDelete = "on-delete"
  case deleteViolations = "delete-violations"
  case setNotNull = "set-not-null"

  var flag: String { "--\(rawValue)" }
}
