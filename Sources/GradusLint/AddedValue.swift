/// What rows that are there get in a new column.
package enum AddedValue: Sendable, Hashable {
  /// NULL, or the default of the type, as nothing is said.
  case none
  /// A constant, also NULL, which PostgreSQL keeps once for all rows.
  case constant
  /// An expression, which calls functions of these names.
  case expression(calls: Set<String>)
  /// A number of a sequence (`serial`).
  case serial
  /// What GENERATED ... AS says.
  case generated
}
