/// One thing that ALTER TABLE does.
package enum TableAlteration: Sendable, Hashable {
  case addColumn(String, AddedValue)
  case dropColumn(String)
  case setNotNull(String)
  case changeType(String)
  case addConstraint(AddedConstraint)
  case validateConstraint(String)
  case dropConstraint(String)
  case other
}
