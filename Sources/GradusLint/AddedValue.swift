/// What rows that are there get in a new column.
package enum AddedValue: Sendable, Hashable {
  /// NULL, or the default of the type.
  case none
  /// A constant or an expression.
  case expression
  /// A number of a sequence (`serial`).
  case serial
  /// What GENERATED ... AS says.
  case generated
}
