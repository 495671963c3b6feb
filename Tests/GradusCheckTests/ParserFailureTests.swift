import Gradus
import GradusCatalog
import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusCheck

/// D11 of a delta that a server newer than the parser has applied.
@Suite struct ParserFailureTests {
  @Test(arguments: [("", ["D11"]), ("-- gradus:ignore D11 it has been looked at\n", [])])
  func holdsForTheFile(comment: String, rules: [String]) throws {
    let tree = try TemporarySchema([
      "schema/schema.yaml": "version: 2\ncompat_version: 1\nversions: {1: {compat: 1}, 2: {compat: 1}}\n",
      "schema/main/1/01_base.sql": "SELECT 1;", "delta/main/2/01_a.sql": comment + "SELECT 1;\nNEW SYNTAX;",
    ])
    let file = try #require(try tree.definition().tree.deltas[2]?.first)
    let start = SourcePosition(line: 1, column: 1)
    let trace = DeltaTrace(
      file: file, engine: .postgres, before: Catalog(), after: Catalog(),
      known: KnownSchema(Catalog(), on: .postgres), steps: [],
      failure: .init(
        start: start, position: SourcePosition(line: 3, column: 1), error: SQLError(.syntax, "syntax error"),
        isApplied: true))
    let found = try TraceRules(trace: trace, admitsOlder: true, newest: Catalog()).findings()
    #expect(found.map(\.rule) == rules)
  }
}
