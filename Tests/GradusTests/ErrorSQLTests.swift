import Gradus
import GradusSQL
import Testing

@Suite struct ErrorSQLTests {
  @Test func isFoundWhateverItIsWrappedIn() {
    let error = SQLError(.lockTimeout, "busy")
    let errors: [any Error] = [
      error, ScriptError(error: error, ordinal: 1), GradusError(.deltaFailed, "", cause: error),
    ]
    for wrapped in errors { #expect(wrapped.sqlError?.code == .lockTimeout) }
    #expect(CancellationError().sqlError == nil)
    #expect(GradusError(.deltaFailed, "").sqlError == nil)
  }

  @Test func aScriptsErrorIsDescribedAsItsStatements() {
    let error = SQLError(.readOnly, "cannot execute DELETE", sqlState: "25006", statement: "DELETE FROM t")
    #expect("\(ScriptError(error: error, ordinal: 1))" == "\(error)")
  }
}
