import GradusCatalog
import GradusPort
import Testing

/// What the plan makes of the two schemas; needs no database.
@Suite struct PlannerTests {
  /// A plan for one table.
  private func plan(
    _ columns: [String], _ target: CatalogTable, leaveOut: Set<String> = []
  ) -> (plan: PortPlan, reasons: [String]) {
    var catalog = Catalog()
    catalog.tables["t"] = target
    let source = SourceSchema(tables: [SourceTable(name: "t", columns: columns)])
    return PortPlanner(version: 1, declaration: .init(), leaveOut: leaveOut).plan(source, catalog)
  }

  private func table(_ columns: [String], type: String = "text") -> CatalogTable {
    var table = CatalogTable()
    table.columns = columns.map { CatalogColumn(name: $0, type: type, isNullable: true) }
    return table
  }

  /// By their bytes, then in the case of ASCII letters only.
  @Test(arguments: [
    (["id"], ["ID", "id"], ["id"]), (["É", "é"], ["é", "É"], ["É", "é"]), (["Name"], ["name"], ["name"]),
    (["e\u{301}", "\u{e9}"], ["\u{e9}", "e\u{301}"], ["e\u{301}", "\u{e9}"]),
    (["A", "b"], ["b", "a"], ["a", "b"]),
  ])
  func namesOfColumns(source: [String], target: [String], expected: [String]) {
    let found = plan(source, table(target)).plan.tables.first?.columns.map(\.name) ?? []
    // Not as texts: Swift takes the same characters in other bytes for equal.
    #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test func aNameInAnotherCaseBeyondASCII() {
    #expect(plan(["É"], table(["é"])).reasons == ["t has no column É on PostgreSQL"])
  }

  @Test func aTableOfWhichNothingIsCopied() {
    let reasons = plan(["a"], table(["a"]), leaveOut: ["t.a"]).reasons
    #expect(reasons == ["no column of t is copied, so that its rows would be lost: leave the table out"])
  }

  /// - Parameter isIndexed: whether rows are found by the index.
  @Test(arguments: [
    (["a"], "CREATE INDEX i ON t USING btree (a)", true),
    (["b"], "CREATE INDEX i ON t USING btree (b)", false),
    (["b", "a"], "CREATE INDEX i ON t USING btree (b, a)", false),
    (["a"], "CREATE INDEX i ON t USING gin (a gin_trgm_ops)", false),
    ([String](), "CREATE INDEX i ON t USING btree (lower(a))", false),
  ])
  func anIndexThatHelps(columns: [String], definition: String, isIndexed: Bool) {
    var target = table(["a"])
    // Rows cannot be found by such a value.
    target.columns += table(["b"], type: "inet").columns
    target.indexes["i"] = CatalogIndex(
      isUnique: false, columns: columns, definition: definition, isPartial: columns.isEmpty)
    #expect(plan(["a", "b"], target).plan.tables.first?.isIndexed == isIndexed)
  }
}
