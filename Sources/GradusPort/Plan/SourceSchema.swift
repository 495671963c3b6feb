/// What the plan has to know of the source.
package struct SourceSchema: Sendable {
  package var tables: [SourceTable]
  package var orphans: [OrphanedRows]

  package init(tables: [SourceTable], orphans: [OrphanedRows] = []) {
    self.tables = tables
    self.orphans = orphans
  }
}
