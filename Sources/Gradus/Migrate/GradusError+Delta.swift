import GradusSQL

extension GradusError {
  /// The error of a delta's or full schema's statement.
  init(delta file: SchemaFile, _ failure: ScriptError, hint: String) {
    self.init(
      .deltaFailed, "statement \(failure.ordinal) failed", file: file.path, position: failure.error.position,
      statement: failure.error.statement, hint: failure.error.hint ?? hint, cause: failure.error)
  }
}
