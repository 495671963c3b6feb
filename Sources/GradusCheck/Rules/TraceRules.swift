import Gradus
import GradusCatalog

/// Runs all rules on a delta's trace.
struct TraceRules {
  let trace: DeltaTrace
  /// Whether older versions are admitted, which may break.
  let admitsOlder: Bool
  /// The schema of the newest version.
  let newest: Catalog
  /// What it begins and a later delta ends.
  var splitRebuilds: [SplitRebuild] = []

  /// What was found and is not meant.
  ///
  /// - Throws: `GradusError` where a suppression is malformed.
  func findings() throws -> [Finding] {
    let statements = TracedStatement.all(of: trace)
    let suppressions = try Suppression.all(in: trace.file)
    let starts = trace.file.kind == .updates ? [] : trace.starts
    let found = judged(statements).filter { finding in
      !suppressions.contains { $0.covers(finding, statements: starts) }
    }
    let failures = FailureRules(trace: trace, statements: statements).findings().filter { finding in
      // The parser's failure is about all of the file, and no migration's.
      finding.rule != "D11" || !suppressions.contains { $0.rule == "D11" }
    }
    return failures + found
  }

  private func judged(_ statements: [TracedStatement]) -> [Finding] {
    var rebuilt: Set<String> = []
    var found: [Finding] = []
    switch trace.engine {
    case .sqlite:
      let rules = RebuildRules(trace: trace, statements: statements)
      rebuilt = rules.rebuilt
      found += rules.findings() + QuotedNameRules(trace: trace, statements: statements).findings()
      found += DanglingKeyRules(trace: trace, newest: newest).findings()
    case .postgres:
      found += ConstraintRules(trace: trace, statements: statements).findings()
      found += ReplacedConstraintRules(trace: trace, statements: statements).findings()
      found += RewriteRules(trace: trace, statements: statements).findings()
      found += LockRules(trace: trace, statements: statements).findings()
    }
    found += StatementRules(trace: trace, statements: statements).findings()
    found += ForeignKeyIndexRules(trace: trace, newest: newest).findings()
    found += IndexRules(trace: trace, statements: statements, rebuilt: rebuilt).findings()
    if admitsOlder { found += CompatRules(trace: trace).findings() }
    return found + splitRebuilds.flatMap { $0.findings(admitsOlder: admitsOlder) }
  }
}
