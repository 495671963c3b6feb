/// A constraint that ALTER TABLE adds.
package struct AddedConstraint: Sendable, Hashable {
  /// The kinds of constraints.
  package enum Kind: String, Sendable, Hashable {
    case check
    case foreignKey
    case primaryKey
    case unique
    case exclusion
  }

  package var name: String?
  package var kind: Kind
  /// Whether rows that are there are not looked at: NOT VALID, or there is nothing to be found in them.
  package var skipsRows: Bool
  /// Whether an index that is there becomes the constraint's.
  package var usesIndex: Bool
}
