/// What the plan has to know of the source.
package struct SourceSchema: Sendable {
  package var tables: [SourceTable]
  package var orphans: [OrphanedRows]
  package var isAutoVacuumed: Bool

  package init(tables: [SourceTable], orphans: [OrphanedRows] = [], isAutoVacuumed: Bool = false) {
    self.tables = tables
    self.orphans = orphans
    self.isAutoVacuumed = isAutoVacuumed
  }
}
