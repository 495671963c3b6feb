/// A column of a key of the source, with what its index orders texts by: that may be another collation than the column's.
package struct KeyColumn: Sendable, Hashable {
  package var name: String
  package var collation: String

  package init(name: String, collation: String = "BINARY") {
    self.name = name
    self.collation = collation
  }
}
