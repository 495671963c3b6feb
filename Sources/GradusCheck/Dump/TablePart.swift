/// A part of a table that can be made after it: a default or a check.
struct TablePart: Hashable {
  /// The table, as `PostgresDependencies` has it: `relation t`.
  let table: String
  /// `default c` or `constraint k`.
  let name: String

  init(table: String, name: String) {
    self.table = table
    self.name = name
  }

  /// The default of a column.
  init(defaultOf column: String, of table: String) {
    self.init(table: "relation \(table)", name: "default \(column)")
  }

  /// A constraint.
  init(constraint: String, of table: String) {
    self.init(table: "relation \(table)", name: "constraint \(constraint)")
  }
}
