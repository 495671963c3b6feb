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
}
