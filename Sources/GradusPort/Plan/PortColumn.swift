/// A column that is copied.
package struct PortColumn: Sendable, Hashable {
  /// Its name in the source.
  package var sourceName: String
  /// Its name in the target.
  package var name: String
  /// Its type in the target; of a domain what it is made of.
  package var type: String

  package init(sourceName: String, name: String, type: String) {
    self.sourceName = sourceName
    self.name = name
    self.type = type
  }

  package var kind: ColumnKind { ColumnKind(type: type) }
}
