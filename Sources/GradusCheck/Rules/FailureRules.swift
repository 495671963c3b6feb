import Gradus
import GradusLint
import GradusSQL

/// Says of a delta that cannot be applied, or not be understood, which rule that is. Pure.
///
/// What is found here is not to be suppressed, as the migration would fail; but for what only the parser refuses.
struct FailureRules {
  let trace: DeltaTrace
  let statements: [TracedStatement]

  func findings() -> [Finding] {
    statements.filter { $0.analysis.actions.contains(.transactionControl) }.compactMap {
      Finding("P14", "a delta may not begin or end a transaction", at: $0.step, of: trace)
    } + [failure()].compactMap { $0 }
  }

  private func failure() -> Finding? {
    guard let failure = trace.failure else { return nil }
    let (id, message) = judge(failure)
    guard let rule = Rule.find(id) else { return nil }
    return Finding(
      rule, message, fix: id == "D10" ? failure.error.hint : nil, file: trace.file.path,
      position: failure.position, statement: failure.statement, engines: [trace.engine])
  }

  private func judge(_ failure: DeltaTrace.Failure) -> (id: String, message: String) {
    let message = failure.error.message
    if failure.isApplied {
      return ("D11", "the parser does not know it, though \(trace.engine) does: \(message)")
    }
    switch trace.engine {
    case .postgres where failure.error.sqlState == "25001": return ("P06", message)
    case .postgres where failure.error.sqlState == "55P04": return ("P10", message)
    case .sqlite:
      if isUsedColumn(failure) { return ("L04", message) }
      if let statement = failure.statement, let name = QuotedNameRules.unknown(in: statement, trace.after) {
        return ("L05", QuotedNameRules.message(name))
      }
    case .postgres: break
    }
    let code = failure.error.sqlState.map { " (SQLSTATE \($0))" } ?? ""
    return ("D10", "\(trace.engine) refuses it: \(message)\(code)")
  }

  private func isUsedColumn(_ failure: DeltaTrace.Failure) -> Bool {
    let dropsColumn = failure.analysis?.actions.contains { action in
      if case .alter(_, .dropColumn) = action { true } else { false }
    }
    let message = failure.error.message
    return dropsColumn == true && ["after drop column", "cannot drop"].contains { message.contains($0) }
  }
}

extension DeltaTrace {
  /// Whether a migration would refuse the delta, so that nothing can be built upon it.
  var isRefused: Bool {
    failure?.isApplied == false
      || steps.contains { $0.analysis?.actions.contains(where: refuses) ?? false }
  }

  /// Whether a migration refuses what a statement does.
  private func refuses(_ action: StatementAction) -> Bool {
    switch action {
    case .transactionControl: true
    case .pragma("foreign_keys", to: let value?):
      engine == .sqlite && isInTransaction && !ForeignKeysSetting.isOn(value)
    default: false
    }
  }
}
