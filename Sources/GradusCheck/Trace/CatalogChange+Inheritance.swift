import GradusCatalog

extension CatalogChange {
  /// Whether a table's change is what makes a partition's. What is made for that has a name of its own.
  func isPassedOn(as change: CatalogChange) -> Bool {
    switch (self, change) {
    case (.dropTable, .dropTable): true
    case (.addColumn(_, let own), .addColumn(_, let other)),
      (.dropColumn(_, let own), .dropColumn(_, let other)):
      own == other
    case (.changeColumn(_, let old, let new), .changeColumn(_, let otherOld, let otherNew)):
      old == otherOld && new == otherNew
    case (.addConstraint(_, let own), .addConstraint(_, let other)),
      (.dropConstraint(_, let own), .dropConstraint(_, let other)):
      own.kind == other.kind && own.columns == other.columns && own.definition == other.definition
    case (.addIndex(_, _, let own), .addIndex(_, _, let other)),
      (.dropIndex(_, _, let own), .dropIndex(_, _, let other)):
      own.columns == other.columns && own.isUnique == other.isUnique && own.isPartial == other.isPartial
    case (.addTrigger(_, let own, _), .addTrigger(_, let other, _)),
      (.dropTrigger(_, let own, _), .dropTrigger(_, let other, _)),
      (.addOption(_, let own), .addOption(_, let other)),
      (.dropOption(_, let own), .dropOption(_, let other)):
      own == other
    case (.addObject(let own), .addObject(let other)), (.dropObject(let own), .dropObject(let other)),
      (.changeObject(_, let own), .changeObject(_, let other)):
      own.kind == .triggerState && other.kind == .triggerState && own.name == other.name
    default: false
    }
  }
}
